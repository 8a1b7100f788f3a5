using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;

namespace Forebay.PostgreSql.Visibility;

/// <summary>Tells which row versions of a cleanly stopped cluster are visible.</summary>
/// <remarks>
/// <para>
/// A page marked all-visible needs no look at its rows. Else the hint bits of a row decide, and where they do not, the
/// transaction logs. Who only locks a row does not delete it, and locks end with the server.
/// </para>
/// <para>Nothing is allocated per page or row. Any thread.</para>
/// </remarks>
public sealed class TupleVisibility
{
    private const TupleBits PlainlyLive = TupleBits.InserterCommitted | TupleBits.DeleterInvalid;
    private const TupleBits Moved = TupleBits.MovedOff | TupleBits.MovedIn;
    private const TupleBits LockKinds = TupleBits.LockedKeyShared | TupleBits.LockedExclusive;
    private const int DeleterOffset = 4;
    private const int CommandOffset = 8;
    private const int BitsOffset = 20;
    private const uint KindMask = 0x18000;
    private const uint NormalKind = 0x08000;

    private readonly TransactionLog _transactions;
    private readonly MultitransactionLog _multitransactions;

    /// <summary>Makes a judge.</summary>
    /// <param name="transactions">Who committed.</param>
    /// <param name="multitransactions">Who shares a deleter slot.</param>
    public TupleVisibility(TransactionLog transactions, MultitransactionLog multitransactions)
    {
        ArgumentNullException.ThrowIfNull(transactions);
        ArgumentNullException.ThrowIfNull(multitransactions);
        _transactions = transactions;
        _multitransactions = multitransactions;
    }

    /// <summary>Makes a judge for a data directory.</summary>
    /// <param name="dataDirectory">The data directory of a server that was stopped cleanly.</param>
    /// <param name="controlFile">Its control file.</param>
    public static TupleVisibility Of(string dataDirectory, ControlFile controlFile) => new(
        new TransactionLog(dataDirectory, controlFile), new MultitransactionLog(dataDirectory, controlFile));

    /// <summary>Judges one row version.</summary>
    /// <param name="tuple">The row version.</param>
    /// <param name="fate">What became of it.</param>
    /// <returns>What is wrong, or <see cref="DataFault.None"/>.</returns>
    public DataFault Judge(in HeapTuple tuple, out TupleFate fate)
    {
        TransactionMemo memo = default;
        return Judge(tuple.Bytes, tuple.Bits, ref memo, out fate);
    }

    /// <summary>Finds who deleted a row version that is <see cref="TupleFate.Deleted"/>.</summary>
    /// <param name="tuple">The row version.</param>
    /// <param name="deleter">The transaction.</param>
    /// <returns>What is wrong, or <see cref="DataFault.None"/>.</returns>
    public DataFault TryGetDeleter(in HeapTuple tuple, out uint deleter)
    {
        deleter = tuple.Deleter;
        return (tuple.Bits & TupleBits.DeleterIsMulti) == 0
            ? DataFault.None
            : _multitransactions.TryGetUpdater(tuple.Deleter, out deleter);
    }

    /// <summary>Whether who inserted a row version may still commit: if it was prepared.</summary>
    internal bool IsUnfinished(in HeapTuple tuple) =>
        (tuple.Bits & (TupleBits.InserterCommitted | TupleBits.InserterInvalid)) == 0
        && _transactions.IsUnfinished(tuple.Inserter);

    /// <summary>Counts the visible row versions of a page.</summary>
    /// <param name="page">The page of a table.</param>
    /// <param name="visible">How many there are.</param>
    /// <param name="item">The item at fault, if one is.</param>
    /// <returns>What is wrong, or <see cref="DataFault.None"/>.</returns>
    public DataFault Count(in ItemPage page, out int visible, out int item)
    {
        ReadOnlySpan<uint> pointers = MemoryMarshal.Cast<byte, uint>(page.LinePointers);
        item = 0;
        if (page.IsAllVisible)
        {
            visible = CountNormal(pointers);
            return DataFault.None;
        }

        int count = 0;
        TransactionMemo memo = default;
        for (int i = 0; i < pointers.Length; i++)
        {
            if ((pointers[i] & KindMask) != NormalKind)
                continue;
            DataFault fault = Sees(page, i + 1, ref memo, out bool sees);
            if (fault != DataFault.None)
            {
                visible = count;
                item = i + 1;
                return fault;
            }

            count += sees ? 1 : 0;
        }

        visible = count;
        return DataFault.None;
    }

    /// <summary>Lists the visible row versions of a page.</summary>
    /// <param name="page">The page of a table.</param>
    /// <param name="items">Where their item numbers go, in order: room for <see cref="ItemPage.Count"/>.</param>
    /// <param name="visible">How many there are.</param>
    /// <param name="item">The item at fault, if one is.</param>
    /// <returns>What is wrong, or <see cref="DataFault.None"/>.</returns>
    /// <exception cref="ArgumentException">There is not enough room.</exception>
    public DataFault List(in ItemPage page, Span<ushort> items, out int visible, out int item)
    {
        visible = 0;
        item = 0;
        if (items.Length < page.Count)
            throw new ArgumentException($"The page has {page.Count} items, the room is for {items.Length}.",
                nameof(items));
        ReadOnlySpan<uint> pointers = MemoryMarshal.Cast<byte, uint>(page.LinePointers);
        TransactionMemo memo = default;
        bool all = page.IsAllVisible;
        int count = 0;
        for (int i = 0; i < pointers.Length; i++)
        {
            if ((pointers[i] & KindMask) != NormalKind)
                continue;
            bool sees = true;
            DataFault fault = all ? DataFault.None : Sees(page, i + 1, ref memo, out sees);
            if (fault != DataFault.None)
            {
                visible = count;
                item = i + 1;
                return fault;
            }

            if (sees)
                items[count++] = (ushort)(i + 1);
        }

        visible = count;
        return DataFault.None;
    }

    private DataFault Sees(in ItemPage page, int item, ref TransactionMemo memo, out bool sees)
    {
        sees = false;
        DataFault fault = page.TryItem(item, out ReadOnlySpan<byte> bytes);
        if (fault != DataFault.None)
            return fault;
        if (bytes.Length <= HeapTuple.HeaderSize)
            return DataFault.TupleTooShort;
        var bits = (TupleBits)BinaryPrimitives.ReadUInt16LittleEndian(bytes[BitsOffset..]);
        if ((bits & PlainlyLive) == PlainlyLive)
        {
            sees = true;
            return DataFault.None;
        }

        fault = Judge(bytes, bits, ref memo, out TupleFate fate);
        sees = fate == TupleFate.Live;
        return fault;
    }

    private DataFault Judge(ReadOnlySpan<byte> tuple, TupleBits bits, ref TransactionMemo memo, out TupleFate fate)
    {
        fate = TupleFate.NeverCommitted;
        if ((bits & TupleBits.InserterCommitted) == 0)
        {
            if ((bits & TupleBits.InserterInvalid) != 0)
                return DataFault.None;
            // A row moved off is there unless its mover committed, one moved in only if it did.
            bool moved = (bits & Moved) != 0;
            uint decider = BinaryPrimitives.ReadUInt32LittleEndian(moved ? tuple[CommandOffset..] : tuple);
            DataFault fault = Committed(decider, ref memo, out bool committed);
            if (fault != DataFault.None)
                return fault;
            if (committed == ((bits & TupleBits.MovedOff) != 0))
                return DataFault.None;
        }

        return JudgeDeleter(BinaryPrimitives.ReadUInt32LittleEndian(tuple[DeleterOffset..]), bits, ref memo, out fate);
    }

    private DataFault JudgeDeleter(uint deleter, TupleBits bits, ref TransactionMemo memo, out TupleFate fate)
    {
        fate = TupleFate.Live;
        if ((bits & TupleBits.DeleterInvalid) != 0 || IsOnlyLocked(bits))
            return DataFault.None;
        bool committed = (bits & TupleBits.DeleterCommitted) != 0;
        DataFault fault = DataFault.None;
        if ((bits & TupleBits.DeleterIsMulti) != 0)
        {
            fault = _multitransactions.TryGetUpdater(deleter, out uint updater);
            if (fault == DataFault.None)
                fault = Committed(updater, ref memo, out committed);
        }
        else if (!committed)
        {
            fault = Committed(deleter, ref memo, out committed);
        }

        if (fault == DataFault.None && committed)
            fate = TupleFate.Deleted;
        return fault;
    }

    // Before PostgreSQL 9.3 an exclusive lock alone said it.
    private static bool IsOnlyLocked(TupleBits bits) =>
        (bits & TupleBits.LockedOnly) != 0
        || (bits & (TupleBits.DeleterIsMulti | LockKinds)) == TupleBits.LockedExclusive;

    private DataFault Committed(uint transaction, ref TransactionMemo memo, out bool committed)
    {
        committed = memo.Committed;
        if (memo.Transaction == transaction)
            return DataFault.None;
        DataFault fault = _transactions.TryGet(transaction, out committed);
        if (fault == DataFault.None)
            memo = new TransactionMemo { Transaction = transaction, Committed = committed };
        return fault;
    }

    private static int CountNormal(ReadOnlySpan<uint> pointers)
    {
        int count = 0;
        ReadOnlySpan<Vector128<uint>> wide = MemoryMarshal.Cast<uint, Vector128<uint>>(pointers);
        Vector128<uint> sums = default;
        foreach (Vector128<uint> four in wide)
        {
            // Equal lanes are all ones, which is -1.
            sums -= Vector128.Equals(four & Vector128.Create(KindMask), Vector128.Create(NormalKind));
        }

        count += (int)Vector128.Sum(sums);
        foreach (uint pointer in pointers[(wide.Length * Vector128<uint>.Count)..])
            count += (pointer & KindMask) == NormalKind ? 1 : 0;
        return count;
    }
}
