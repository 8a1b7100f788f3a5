using Forebay.Handles;

namespace Forebay.Targets;

/// <summary>
/// A kind of thing that operations are done to. Knows how to open it in the executing process and how to name it to
/// people. One instance per process serves all operations at the same time, from any thread.
/// </summary>
public abstract class IoTarget
{
    /// <summary>Name for views; also part of the fingerprint that processes compare.</summary>
    public abstract string Name { get; }

    /// <summary>Names file and blocks to people, for instance <c>block 7 of base/5/16384</c>.</summary>
    public abstract string Describe(in IoTargetData data);

    /// <summary>
    /// Opens the target for one operation in a process other than the issuer's. May block and may fail.
    /// </summary>
    /// <returns>Zero, or -errno, which becomes the operation's raw result.</returns>
    public abstract int Reopen(in IoTargetData data, out FileLease lease);

    /// <summary>As <see cref="Reopen"/>, but only if that takes neither a lock nor time.</summary>
    internal virtual bool TryReopen(in IoTargetData data, out FileLease lease)
    {
        lease = FileLease.None;
        return false;
    }

    /// <summary>Takes a lease back when the raw result is in. Must not throw, allocate or block.</summary>
    public abstract void Release(FileLease lease);
}
