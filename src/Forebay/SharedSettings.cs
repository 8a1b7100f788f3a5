using Forebay.Callbacks;
using Forebay.Interop;
using Forebay.Processes;
using Forebay.Targets;
using Forebay.Buffers;

namespace Forebay;

/// <summary>Between the options of an instance and the header of a shared segment.</summary>
internal static class SharedSettings
{
    /// <summary>What a process brings to a shared instance.</summary>
    /// <exception cref="SharingException">The data directory cannot be looked at.</exception>
    public static SegmentAgreement Of(ForebayOptions options, string dataDirectory, IoCallbackRegistry callbacks,
        IoTargetRegistry targets, PageCheckRegistry checks)
    {
        int error = FileSystemCalls.Status(dataDirectory, out FileStatus status);
        if (error < 0)
        {
            throw new SharingException($"The data directory '{dataDirectory}' cannot be looked at: "
                + $"{ErrnoTable.Describe((Errno)(-error))}.");
        }

        SegmentAgreement agreement = new()
        {
            DataDirectory = dataDirectory,
            TablespaceVersion = options.TablespaceVersionDirectory,
            PageCheck = options.PageCheck?.Name ?? "",
        };
        agreement.Add(SegmentSetting.DataDevice, "data directory", status.Device);
        agreement.Add(SegmentSetting.DataInode, "data directory", (long)status.Inode);
        agreement.Add(SegmentSetting.BlockBytes, "block_bytes", options.BlockBytes);
        agreement.Add(SegmentSetting.PoolPages, "buffer_pool_bytes", options.Frames,
            pages => $"{pages * options.BlockBytes}");
        agreement.Add(SegmentSetting.SegmentBlocks, "segment_blocks", options.SegmentBlocks);
        agreement.Add(SegmentSetting.MaxSessions, "max_sessions", options.MaxSessions);
        agreement.Add(SegmentSetting.IoMaxConcurrency, "io_max_concurrency", options.ResolvedConcurrency);
        agreement.Add(SegmentSetting.IoCombineLimit, "io_combine_limit", options.IoCombineLimit);
        agreement.Add(SegmentSetting.IoMode, "io_mode", (long)options.IoMode, static mode => $"{(IoMode)mode}");
        agreement.Add(SegmentSetting.ReadOnly, "read_only", options.ReadOnly ? 1 : 0,
            static isSo => isSo == 0 ? "off" : "on");
        agreement.Add(SegmentSetting.DeviceBudget, "io_device_budget", options.IoDeviceBudget);
        // Whether one of them has died is told by its number and its start: these must mean the same to all.
        agreement.Add(SegmentSetting.ProcessNamespace, "process namespace", ProcessCalls.NamespaceOf("pid"));
        agreement.Add(SegmentSetting.TimeNamespace, "time namespace", ProcessCalls.NamespaceOf("time"));
        agreement.AddFingerprint(SegmentSetting.Callbacks, "I/O callbacks", callbacks.Fingerprint());
        agreement.AddFingerprint(SegmentSetting.Targets, "I/O targets", targets.Fingerprint());
        agreement.AddFingerprint(SegmentSetting.PageChecks, "page checks", checks.Fingerprint());
        agreement.AddFingerprint(SegmentSetting.TablespaceVersion, "tablespace version directories",
            Hash(options.TablespaceVersionDirectory));
        return agreement;
    }

    /// <summary>
    /// The method in effect: the creator's for all. Said when the method has been made, before anybody else may attach.
    /// </summary>
    /// <exception cref="SharingException">Another one is in effect there.</exception>
    public static void AgreeOnMethod(NamedSegment segment, IoMethod effective)
    {
        ref long there = ref segment.Header.Settings[(int)SegmentSetting.IoMethod];
        if (segment.IsCreator)
            there = (long)effective;
        else if (there != (long)effective)
            throw OtherMethod(segment.Place.Name, there, effective);
    }

    /// <summary>Refuses early what <see cref="AgreeOnMethod"/> would refuse, if it is known already.</summary>
    public static void CheckMethod(NamedSegment segment, IoMethod asked)
    {
        long there = segment.Header.Settings[(int)SegmentSetting.IoMethod];
        if (!segment.IsCreator && asked != IoMethod.Auto && there != (long)asked)
            throw OtherMethod(segment.Place.Name, there, asked);
    }

    /// <summary>The options of an instance as its header tells them; the rest as given.</summary>
    /// <exception cref="SharingException">The header tells what cannot be.</exception>
    public static ForebayOptions Adopt(in SegmentHeader header, Sharing sharing, ForebayOptions own)
    {
        long Value(SegmentSetting setting, in SegmentHeader from) => from.Settings[(int)setting];
        long blockBytes = Value(SegmentSetting.BlockBytes, header);
        long pages = Value(SegmentSetting.PoolPages, header);
        bool isSane = blockBytes is > 0 and <= 65536 && pages is > 0 and <= int.MaxValue
            && Enum.IsDefined((IoMode)Value(SegmentSetting.IoMode, header))
            && Enum.IsDefined((IoMethod)Value(SegmentSetting.IoMethod, header));
        ForebayOptions options = new(own)
        {
            Sharing = sharing,
            BlockBytes = (int)Math.Clamp(blockBytes, 0, int.MaxValue),
            BufferPoolBytes = isSane ? pages * blockBytes : 0,
            SegmentBlocks = (int)Math.Clamp(Value(SegmentSetting.SegmentBlocks, header), 0, int.MaxValue),
            MaxSessions = (int)Math.Clamp(Value(SegmentSetting.MaxSessions, header), 0, int.MaxValue),
            IoMaxConcurrency = (int)Math.Clamp(Value(SegmentSetting.IoMaxConcurrency, header), 0, int.MaxValue),
            IoCombineLimit = (int)Math.Clamp(Value(SegmentSetting.IoCombineLimit, header), 0, int.MaxValue),
            IoMode = (IoMode)Value(SegmentSetting.IoMode, header),
            IoMethod = (IoMethod)Value(SegmentSetting.IoMethod, header),
            ReadOnly = Value(SegmentSetting.ReadOnly, header) != 0,
            IoDeviceBudget = (int)Math.Clamp(Value(SegmentSetting.DeviceBudget, header), -1, int.MaxValue),
            TablespaceVersionDirectory = SegmentHeader.Text(header.TablespaceVersion),
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentException exception)
        {
            throw new SharingException(
                $"The header of the shared instance '{sharing.Name}' is damaged: {exception.Message}", exception);
        }

        return options;
    }

    private static SharingException OtherMethod(string instance, long there, IoMethod here) => new(
        $"Setting io_method is {Shown(there)} in the shared instance '{instance}' and {Shown((long)here)} here: all of "
        + "its processes must have the same.");

    private static string Shown(long method) =>
        Enum.IsDefined((IoMethod)method) ? ForebayNames.Of((IoMethod)method) : $"{method}";

    private static ulong Hash(string text)
    {
        ulong hash = 0xCBF2_9CE4_8422_2325; // 64-bit FNV-1a
        foreach (byte letter in System.Text.Encoding.UTF8.GetBytes(text))
            hash = unchecked((hash ^ letter) * 0x100_0000_01B3);
        return hash;
    }
}
