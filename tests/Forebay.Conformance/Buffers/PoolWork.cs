using Forebay.Buffers;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.Conformance.Buffers;

/// <summary>What tests of the pool do again and again.</summary>
internal static class PoolWork
{
    /// <summary>Gives blocks a version, in the pool.</summary>
    public static void Change(ForebaySession session, RelationFork fork, uint first, uint count, uint version)
    {
        for (uint block = first; block < first + count; block++)
        {
            using PinnedPage page = session.Read(fork, block);
            using LockedPage locked = page.Lock(ContentLockMode.Exclusive);
            PoolScenario.Stamp(locked.Contents, block, version);
            locked.MarkDirty();
        }
    }

    /// <summary>Adds pages of a version at the end of a fork, in the pool.</summary>
    public static void Grow(ForebaySession session, RelationFork fork, int count, uint version)
    {
        for (int i = 0; i < count; i++)
        {
            using PinnedPage page = session.Extend(fork, out LockedPage locked);
            using (locked)
                PoolScenario.Stamp(locked.Contents, page.Block, version);
        }
    }
}
