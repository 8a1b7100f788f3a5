using System.Globalization;
using Forebay.Interop;

namespace Forebay.Storage;

/// <summary>
/// Makes exceptions: which file, which blocks, what was wrong, and where it helps what to do about it.
/// </summary>
internal static class StorageErrors
{
    /// <summary>Something was to be done with a file as a whole.</summary>
    public static StorageException File(string verb, RelationFork fork, int segment, int errno)
    {
        string path = fork.SegmentPath(segment);
        return new StorageException(Text($"Could not {verb} file \"{path}\": {Reason(fork, errno)}."), path, errno);
    }

    /// <summary>Blocks were to be transferred and the kernel said no.</summary>
    public static StorageException Blocks(string verb, BlockRun run, int errno)
    {
        string reason = Reason(run.Fork, errno);
        return new StorageException(
            Text($"Could not {verb} {run.Describe()}: {reason}."), run.Path, errno, run.FirstBlock, run.Count);
    }

    /// <summary>Less than all blocks were transferred, and no error said why.</summary>
    public static StorageException Short(BlockRun run, bool isWrite, int blocks, long bytes)
    {
        uint missing = run.FirstBlock + (uint)blocks;
        string message = isWrite
            ? Text($"Could not write {run.Describe()}: the file did not take block {missing}. Check the free space.")
            : Text($"Could not read {run.Describe()}: the file ends before block {missing} is complete.");
        return new StorageException(message, run.Path, 0, run.FirstBlock, run.Count, bytes);
    }

    /// <summary>A file is not as it should be.</summary>
    public static StorageException Other(RelationFork fork, int segment, string what)
    {
        string path = fork.SegmentPath(segment);
        return new StorageException($"{what} (file \"{path}\").", path, errno: 0);
    }

    /// <summary>A sync failed, now or earlier.</summary>
    public static StorageException Sync(RelationFork fork, int errno) => new(
        Text($"Could not sync \"{fork.Path}\": {ErrnoTable.Describe((Errno)errno)}. What was written since the last ")
            + "sync may be lost; syncing again cannot bring it back, so this file is not trusted any more.",
        fork.Path, errno);

    private static string Reason(RelationFork? fork, int errno)
    {
        string what = ErrnoTable.Describe((Errno)errno);
        if (errno == (int)Errno.InvalidArgument && fork?.OpenRefusal is { } refusal)
            return refusal;
        if (errno == (int)Errno.NoSpace)
            return what + "; check the free space";
        return errno == (int)Errno.TooManyFiles ? what + "; lower max_files_per_process or raise the limit" : what;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
