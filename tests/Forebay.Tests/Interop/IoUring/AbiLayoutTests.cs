using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Forebay.Interop;
using Forebay.Interop.IoUring;

namespace Forebay.Tests.Interop.IoUring;

// The structures as the kernel lays them out: against fixed numbers always, and against the installed header where a
// C compiler is at hand.
public class AbiLayoutTests
{
    [Fact]
    public void Sizes_OfEveryStructure_AreTheKernels()
    {
        Assert.Equal(64, Unsafe.SizeOf<SubmissionQueueEntry>());
        Assert.Equal(16, Unsafe.SizeOf<Completion>());
        Assert.Equal(120, Unsafe.SizeOf<RingParameters>());
        Assert.Equal(40, Unsafe.SizeOf<SubmissionQueueOffsets>());
        Assert.Equal(40, Unsafe.SizeOf<CompletionQueueOffsets>());
        Assert.Equal(16, Unsafe.SizeOf<IoVector>());
        Assert.Equal(16, Unsafe.SizeOf<KernelTimespec>());
        Assert.Equal(24, Unsafe.SizeOf<GetEventsArgument>());
        Assert.Equal(32, Unsafe.SizeOf<ResourceRegistration>());
        Assert.Equal(16, Unsafe.SizeOf<ResourceUpdate>());
        Assert.Equal(32, Unsafe.SizeOf<CloneBuffersArgument>());
        Assert.Equal(8, Unsafe.SizeOf<OperationProbe.Operation>());
        Assert.Equal(16 + (8 * OperationProbe.OperationsMax), Unsafe.SizeOf<OperationProbe>());
        Assert.Equal(16, Unsafe.SizeOf<ResourceLimit>());
    }

    [Fact]
    public void Offsets_OfEveryField_AreTheKernels()
    {
        Assert.Equal([0, 1, 2, 4, 8, 16, 24, 28, 32, 40, 42, 44, 48, 56], Offsets<SubmissionQueueEntry>());
        Assert.Equal([0, 8, 12], Offsets<Completion>());
        Assert.Equal([0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 80], Offsets<RingParameters>());
        Assert.Equal([0, 4, 8, 12, 16, 20, 24, 28, 32], Offsets<SubmissionQueueOffsets>());
        Assert.Equal([0, 4, 8, 12, 16, 20, 24, 28, 32], Offsets<CompletionQueueOffsets>());
        Assert.Equal([0, 8], Offsets<IoVector>());
        Assert.Equal([0, 8], Offsets<KernelTimespec>());
        Assert.Equal([0, 8, 12, 16], Offsets<GetEventsArgument>());
        Assert.Equal([0, 4, 8, 16, 24], Offsets<ResourceRegistration>());
        Assert.Equal([0, 4, 8], Offsets<ResourceUpdate>());
        Assert.Equal([0, 4, 8, 12, 16, 20, 24, 28], Offsets<CloneBuffersArgument>());
        Assert.Equal([0, 1, 2, 4, 8, 12, 16], Offsets<OperationProbe>());
    }

    [Fact]
    public void Header_OfThisSystem_AgreesOnEveryNumber()
    {
        Assert.SkipUnless(File.Exists("/usr/include/linux/io_uring.h"), "linux/io_uring.h is not installed");
        Dictionary<string, long> expected = Expected();
        Dictionary<string, long> found = CompileAndRun([.. expected.Keys]);
        Assert.Equal(expected.OrderBy(p => p.Key), found.OrderBy(p => p.Key));
    }

    private static int[] Offsets<T>() =>
        [.. typeof(T)
            .GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public
                | System.Reflection.BindingFlags.NonPublic)
            .Select(field => (int)Marshal.OffsetOf<T>(field.Name))
            .Order()];

    // C expressions and what this library takes them to be. Only what headers since 5.19 know.
    private static Dictionary<string, long> Expected()
    {
        Dictionary<string, long> all = new()
        {
            ["sizeof(struct io_uring_sqe)"] = Unsafe.SizeOf<SubmissionQueueEntry>(),
            ["sizeof(struct io_uring_cqe)"] = Unsafe.SizeOf<Completion>(),
            ["sizeof(struct io_uring_params)"] = Unsafe.SizeOf<RingParameters>(),
            ["sizeof(struct io_uring_rsrc_register)"] = Unsafe.SizeOf<ResourceRegistration>(),
            ["sizeof(struct io_uring_files_update)"] = Unsafe.SizeOf<ResourceUpdate>(),
            ["sizeof(struct io_uring_getevents_arg)"] = Unsafe.SizeOf<GetEventsArgument>(),
            ["sizeof(struct iovec)"] = Unsafe.SizeOf<IoVector>(),
            ["sizeof(struct __kernel_timespec)"] = Unsafe.SizeOf<KernelTimespec>(),
            ["sizeof(struct io_uring_probe)"] = (long)Marshal.OffsetOf<OperationProbe>("Operations"),
            ["sizeof(struct io_uring_probe_op)"] = Unsafe.SizeOf<OperationProbe.Operation>(),
            ["IORING_OFF_SQES"] = 0x10000000,
            ["IORING_RSRC_REGISTER_SPARSE"] = ResourceRegistration.Sparse,
            ["IO_URING_OP_SUPPORTED"] = OperationProbe.Supported,
        };
        AddOffsets<SubmissionQueueEntry>(all, "io_uring_sqe", ("opcode", "Operation"), ("flags", "Flags"),
            ("ioprio", "Priority"), ("fd", "File"), ("off", "Offset"), ("addr", "Address"), ("len", "Length"),
            ("rw_flags", "OperationFlags"), ("user_data", "UserData"), ("buf_index", "BufferIndex"),
            ("personality", "Personality"), ("file_index", "FileIndex"), ("addr3", "Address3"));
        AddOffsets<RingParameters>(all, "io_uring_params", ("sq_entries", "SubmissionEntries"),
            ("cq_entries", "CompletionEntries"), ("flags", "Flags"), ("features", "Features"),
            ("wq_fd", "WorkersOfRing"), ("sq_off", "SubmissionQueue"), ("cq_off", "CompletionQueue"));
        AddOffsets<SubmissionQueueOffsets>(all, "io_sqring_offsets", ("head", "Head"), ("tail", "Tail"),
            ("ring_mask", "RingMask"), ("ring_entries", "RingEntries"), ("flags", "Flags"), ("dropped", "Dropped"),
            ("array", "Array"));
        AddOffsets<CompletionQueueOffsets>(all, "io_cqring_offsets", ("head", "Head"), ("tail", "Tail"),
            ("ring_mask", "RingMask"), ("ring_entries", "RingEntries"), ("overflow", "Overflow"),
            ("cqes", "Entries"), ("flags", "Flags"));
        AddOffsets<GetEventsArgument>(all, "io_uring_getevents_arg", ("sigmask", "SignalMask"),
            ("sigmask_sz", "SignalMaskSize"), ("ts", "Timespec"));
        AddOffsets<ResourceRegistration>(all, "io_uring_rsrc_register", ("nr", "Count"), ("flags", "Flags"),
            ("data", "Data"), ("tags", "Tags"));
        AddNumbers(all);
        return all;
    }

    private static void AddNumbers(Dictionary<string, long> all)
    {
        (string, RingOperation)[] operations =
        [
            ("NOP", RingOperation.NoOperation), ("READV", RingOperation.ReadVector),
            ("WRITEV", RingOperation.WriteVector), ("FSYNC", RingOperation.FileSync),
            ("READ_FIXED", RingOperation.ReadFixed), ("WRITE_FIXED", RingOperation.WriteFixed),
            ("POLL_ADD", RingOperation.PollAdd), ("SYNC_FILE_RANGE", RingOperation.SyncFileRange),
            ("TIMEOUT", RingOperation.Timeout), ("ASYNC_CANCEL", RingOperation.Cancel),
            ("LINK_TIMEOUT", RingOperation.LinkTimeout), ("FALLOCATE", RingOperation.Allocate),
            ("OPENAT", RingOperation.OpenAt), ("CLOSE", RingOperation.Close),
            ("FILES_UPDATE", RingOperation.FilesUpdate), ("STATX", RingOperation.Statx),
            ("READ", RingOperation.Read), ("WRITE", RingOperation.Write), ("FADVISE", RingOperation.FileAdvice),
            ("MADVISE", RingOperation.MemoryAdvice), ("MSG_RING", RingOperation.MessageRing),
        ];
        foreach ((string name, RingOperation operation) in operations)
            all["IORING_OP_" + name] = (long)operation;
        (string, RingRegisterOperation)[] registrations =
        [
            ("REGISTER_BUFFERS", RingRegisterOperation.Buffers),
            ("UNREGISTER_BUFFERS", RingRegisterOperation.UnregisterBuffers),
            ("UNREGISTER_FILES", RingRegisterOperation.UnregisterFiles),
            ("REGISTER_EVENTFD", RingRegisterOperation.EventFd),
            ("UNREGISTER_EVENTFD", RingRegisterOperation.UnregisterEventFd),
            ("REGISTER_FILES_UPDATE", RingRegisterOperation.FilesUpdate),
            ("REGISTER_PROBE", RingRegisterOperation.Probe), ("REGISTER_FILES2", RingRegisterOperation.Files2),
            ("REGISTER_ENABLE_RINGS", RingRegisterOperation.EnableRings),
            ("REGISTER_IOWQ_MAX_WORKERS", RingRegisterOperation.WorkersMax),
            ("REGISTER_RING_FDS", RingRegisterOperation.RingDescriptors),
            ("UNREGISTER_RING_FDS", RingRegisterOperation.UnregisterRingDescriptors),
        ];
        foreach ((string name, RingRegisterOperation operation) in registrations)
            all["IORING_" + name] = (long)operation;
        (string, uint)[] flags =
        [
            ("IORING_SETUP_CQSIZE", (uint)RingSetupFlags.CompletionSize),
            ("IORING_SETUP_CLAMP", (uint)RingSetupFlags.Clamp),
            ("IORING_SETUP_R_DISABLED", (uint)RingSetupFlags.StartDisabled),
            ("IORING_SETUP_SUBMIT_ALL", (uint)RingSetupFlags.SubmitAll),
            ("IORING_SETUP_COOP_TASKRUN", (uint)RingSetupFlags.CooperativeTaskRun),
            ("IORING_FEAT_SINGLE_MMAP", (uint)RingFeatures.SingleMemoryMap),
            ("IORING_FEAT_NODROP", (uint)RingFeatures.NoDrop),
            ("IORING_FEAT_SUBMIT_STABLE", (uint)RingFeatures.SubmitStable),
            ("IORING_FEAT_EXT_ARG", (uint)RingFeatures.ExtendedArgument),
            ("IORING_ENTER_GETEVENTS", (uint)RingEnterFlags.GetEvents),
            ("IORING_ENTER_EXT_ARG", (uint)RingEnterFlags.ExtendedArgument),
            ("IORING_ENTER_REGISTERED_RING", (uint)RingEnterFlags.RegisteredRing),
            ("IORING_SQ_CQ_OVERFLOW", (uint)SubmissionQueueFlags.CompletionOverflow),
            ("IORING_CQ_EVENTFD_DISABLED", (uint)CompletionQueueFlags.EventFdDisabled),
            ("IOSQE_FIXED_FILE", (uint)SubmissionFlags.FixedFile), ("IOSQE_ASYNC", (uint)SubmissionFlags.Asynchronous),
            ("IOSQE_IO_LINK", (uint)SubmissionFlags.Link), ("IOSQE_IO_DRAIN", (uint)SubmissionFlags.Drain),
            ("IOSQE_CQE_SKIP_SUCCESS", (uint)SubmissionFlags.SkipCompletionOnSuccess),
            ("RWF_DSYNC", (uint)TransferFlags.DataSync), ("RWF_NOWAIT", (uint)TransferFlags.NoWait),
        ];
        foreach ((string name, uint value) in flags)
            all[name] = value;
    }

    private static void AddOffsets<T>(
        Dictionary<string, long> all, string structure, params (string Theirs, string Ours)[] fields)
    {
        foreach ((string theirs, string ours) in fields)
            all[$"offsetof(struct {structure}, {theirs})"] = Marshal.OffsetOf<T>(ours);
    }

    private static Dictionary<string, long> CompileAndRun(string[] expressions)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("forebay-abi-");
        try
        {
            string source = Path.Combine(folder.FullName, "abi.c");
            string program = Path.Combine(folder.FullName, "abi");
            IEnumerable<string> prints = expressions.Select(e => $"    printf(\"%lld\\n\", (long long)({e}));");
            File.WriteAllLines(source,
            [
                "#include <stddef.h>", "#include <stdio.h>", "#include <sys/uio.h>", "#include <linux/io_uring.h>",
                "int main(void)", "{", .. prints, "    return 0;", "}",
            ]);
            Assert.SkipUnless(TryRun("gcc", ["-o", program, source], out string errors), $"gcc cannot: {errors}");
            Assert.True(TryRun(program, [], out string output));
            string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(expressions.Length, lines.Length);
            return expressions.Zip(lines)
                .ToDictionary(p => p.First, p => long.Parse(p.Second, CultureInfo.InvariantCulture));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool TryRun(string program, string[] arguments, out string output)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            output = missing.Message;
            return false;
        }
    }
}
