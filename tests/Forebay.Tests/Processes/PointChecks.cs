using Forebay.Buffers;
using Forebay.Handles;
using Forebay.Processes;
using Forebay.SharingHost;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.Tests.Processes;

/// <summary>What has to hold once those who died are taken over, and nobody here has anything open.</summary>
internal static class PointChecks
{
    private static readonly RelationLocator s_grown = new(1663, 5, 16_385);
    private static readonly RelationLocator s_dropped = new(1663, 5, 16_386);

    /// <summary>Nothing of the dead is left.</summary>
    public static void NothingIsLeft(ForebayInstance survivor, string where)
    {
        for (int frame = 0; frame < survivor.PoolPages; frame++)
        {
            BufferWord word = survivor.Pool.Descriptor(frame).Word;
            Assert.True(word is { Pins: 0, InProgress: 0 } && !word.Has(BufferWord.Frozen),
                $"{where}: frame {frame} has {word.Pins} pins, in progress by {word.InProgress}, "
                + $"frozen {word.Has(BufferWord.Frozen)}");
            Assert.True(survivor.Pool.Descriptor(frame).Content.IsFree, $"{where}: frame {frame} is locked "
                + survivor.Pool.Descriptor(frame).Content.Strongest);
        }

        for (int partition = 0; partition < BufferMapping.Partitions; partition++)
        {
            Assert.True(!survivor.Pool.Mapping.PartitionLock(partition).IsHeld,
                $"{where}: partition {partition} is locked");
        }

        for (int handle = 0; handle < survivor.Engine.Handles.Count; handle++)
        {
            IoHandleState state = survivor.Engine.Handles[handle].State;
            Assert.True(state == IoHandleState.Idle, $"{where}: handle {handle} is {state}");
        }

        for (int slot = 0; slot < survivor.Engine.SessionSlots.Length; slot++)
        {
            int owner = survivor.Engine.SessionSlots[slot];
            Assert.True(owner == 0, $"{where}: session slot {slot} is that of process slot {owner - 1}");
        }

        Assert.True(survivor.Shares.PerSession == survivor.PoolPages,
            $"{where}: a session's share is {survivor.Shares.PerSession} of {survivor.PoolPages} pages");
        Assert.True(survivor.AttachedProcesses == 1, $"{where}: {survivor.AttachedProcesses} processes");
    }

    /// <summary>Whether the process is in no slot, or in one that it had not claimed to its end.</summary>
    public static bool IsTakenOver(ForebayInstance survivor, int process)
    {
        ProcessTable processes = survivor.Engine.Processes;
        for (int slot = 0; slot < processes.Count; slot++)
        {
            if (processes[slot].Process == process
                && processes[slot].Word.State is ProcessState.Live or ProcessState.Recovering)
                return false;
        }

        return true;
    }

    /// <summary>Every page is what the book says; work of every kind goes on.</summary>
    public static void AllWorks(ForebayInstance survivor, VersionBook book, int pages)
    {
        using ForebaySession session = survivor.OpenSession();
        for (uint block = 0; block < pages; block++)
            Assert.Equal(book[block], SharedScenario.Read(session, block));
        for (uint block = 4; block < pages; block += 17)
            SharedScenario.Change(session, block, book);

        RelationFork fork = SharedScenario.Fork(survivor);
        session.Flush(fork);
        session.Sync(fork);
        RelationFork grown = survivor.Relation(s_grown).Main;
        LookAtGrown(session, grown);
        Add(session, grown);
        session.Truncate(grown, session.GetBlockCount(grown) / 2);
        LookAtGrown(session, grown);
        RelationFork dropped = survivor.Relation(s_dropped).Main;
        session.Create(dropped, existsIsFine: true);
        Add(session, dropped);
        session.Drop(dropped);
        session.FlushAll();
    }

    private static void Add(ForebaySession session, RelationFork fork)
    {
        using PinnedPage page = session.Extend(fork, out LockedPage locked);
        using (locked)
            SharedScenario.Stamp(locked.Contents, page.Block, 1);
    }

    // Who dies between adding a page and writing it leaves a page of zeros.
    private static void LookAtGrown(ForebaySession session, RelationFork fork)
    {
        for (uint block = 0; block < session.GetBlockCount(fork); block++)
        {
            using PinnedPage page = session.Read(fork, block);
            using LockedPage locked = page.Lock(ContentLockMode.Shared);
            if (page.Span.ContainsAnyExcept((byte)0))
                Assert.Equal(1u, SharedScenario.Expect(page.Span, block));
        }
    }
}
