using System.Buffers.Binary;
using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Pages;

namespace Forebay.PostgreSql.Visibility;

/// <summary>
/// Which transactions of a stopped cluster committed: what <c>pg_xact</c> and <c>pg_subtrans</c> say.
/// </summary>
/// <remarks>
/// <para>
/// Two bits for each transaction: 0 in progress, 1 committed, 2 aborted, 3 committed as a part of another, which
/// decides. Nothing runs in a stopped cluster, so whatever is in progress there (lost in a crash, or only prepared) did
/// not commit.
/// </para>
/// <para>Files are read when they are first needed and kept. Any thread.</para>
/// </remarks>
public sealed class TransactionLog
{
    private const uint StatesPerPage = 8192 * 4;
    private const uint ParentsPerPage = 8192 / 4;
    private const int NestingMax = 1 << 16;

    private const int Committed = 1;
    private const int CommittedInParent = 3;

    private readonly StatusFiles _states;
    private readonly StatusFiles _parents;
    private readonly uint _next;

    /// <summary>Prepares to read; opens nothing yet.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="controlFile">Its control file.</param>
    public TransactionLog(string dataDirectory, ControlFile controlFile)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataDirectory);
        ArgumentNullException.ThrowIfNull(controlFile);
        _states = new StatusFiles(Path.Combine(dataDirectory, "pg_xact"));
        _parents = new StatusFiles(Path.Combine(dataDirectory, "pg_subtrans"));
        _next = (uint)controlFile.NextTransaction;
    }

    /// <summary>Tells whether a transaction committed.</summary>
    /// <param name="transaction">Its number.</param>
    /// <param name="committed">Whether it did; a transaction of the future did not.</param>
    /// <returns><see cref="DataFault.TransactionUnknown"/> if that is not on record.</returns>
    /// <exception cref="ClusterException">A file is there, but cannot be read.</exception>
    public DataFault TryGet(uint transaction, out bool committed)
    {
        for (int nesting = 0; nesting < NestingMax; nesting++)
        {
            committed = transaction is > TransactionNumbers.None and < TransactionNumbers.FirstNormal;
            if (transaction < TransactionNumbers.FirstNormal
                || !TransactionNumbers.Precedes(transaction, _next))
                return DataFault.None;

            ReadOnlySpan<byte> page = _states.Page(transaction / StatesPerPage);
            if (page.IsEmpty)
                return DataFault.TransactionUnknown;
            int within = (int)(transaction % StatesPerPage);
            int state = (page[within >> 2] >> ((within & 3) * 2)) & 3;
            committed = state == Committed;
            if (state != CommittedInParent)
                return DataFault.None;

            uint parent = Parent(transaction);
            // Without a parent on record, a crash came before the whole was committed.
            if (parent < TransactionNumbers.FirstNormal)
                return DataFault.None;
            if (!TransactionNumbers.Precedes(parent, transaction))
                return DataFault.TransactionUnknown;
            transaction = parent;
        }

        committed = false;
        return DataFault.TransactionUnknown;
    }

    /// <summary>
    /// Whether a transaction neither committed nor aborted, of what is on record: it was prepared, or lost in a crash.
    /// </summary>
    internal bool IsUnfinished(uint transaction)
    {
        if (transaction < TransactionNumbers.FirstNormal || !TransactionNumbers.Precedes(transaction, _next))
            return false;
        ReadOnlySpan<byte> page = _states.Page(transaction / StatesPerPage);
        int within = (int)(transaction % StatesPerPage);
        return !page.IsEmpty && ((page[within >> 2] >> ((within & 3) * 2)) & 3) == 0;
    }

    private uint Parent(uint transaction)
    {
        ReadOnlySpan<byte> page = _parents.Page(transaction / ParentsPerPage);
        int offset = (int)(transaction % ParentsPerPage) * sizeof(uint);
        return page.IsEmpty ? TransactionNumbers.None : BinaryPrimitives.ReadUInt32LittleEndian(page[offset..]);
    }
}
