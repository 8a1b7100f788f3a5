using System.Buffers.Binary;
using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Pages;

namespace Forebay.PostgreSql.Visibility;

/// <summary>Who shares a row's deleter slot: what <c>pg_multixact</c> of a stopped cluster says.</summary>
/// <remarks>
/// A multitransaction's number leads to the place of its first member; the next one's ends it. Members come in groups
/// of four: four bytes of what each does, four transactions. At most one member may have updated or deleted the row;
/// the others hold locks, which end with the server. Any thread.
/// </remarks>
public sealed class MultitransactionLog
{
    private const uint OffsetsPerPage = 8192 / 4;
    private const uint MembersPerGroup = 4;
    private const uint GroupBytes = 20;
    private const uint MembersPerPage = 8192 / GroupBytes * MembersPerGroup;
    private const uint MembersMax = 1 << 20;
    private const int FirstUpdateStatus = 4;
    private const int LastStatus = 5;

    private readonly StatusFiles _offsets;
    private readonly StatusFiles _members;
    private readonly uint _oldest;
    private readonly uint _next;
    private readonly uint _nextMember;

    /// <summary>Prepares to read; opens nothing yet.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="controlFile">Its control file.</param>
    public MultitransactionLog(string dataDirectory, ControlFile controlFile)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataDirectory);
        ArgumentNullException.ThrowIfNull(controlFile);
        _offsets = new StatusFiles(Path.Combine(dataDirectory, "pg_multixact", "offsets"));
        _members = new StatusFiles(Path.Combine(dataDirectory, "pg_multixact", "members"));
        _oldest = controlFile.OldestMultitransaction;
        _next = controlFile.NextMultitransaction;
        _nextMember = controlFile.NextMultitransactionMember;
    }

    /// <summary>Finds the member that updated or deleted the row.</summary>
    /// <param name="multitransaction">The number in the row's deleter slot.</param>
    /// <param name="updater">The transaction, or 0 if all only lock.</param>
    /// <returns><see cref="DataFault.MultitransactionUnknown"/> if the members are not on record.</returns>
    /// <exception cref="ClusterException">A file is there, but cannot be read.</exception>
    public DataFault TryGetUpdater(uint multitransaction, out uint updater)
    {
        updater = TransactionNumbers.None;
        if (multitransaction == 0)
            return DataFault.None;
        if (TransactionNumbers.Precedes(multitransaction, _oldest)
            || !TransactionNumbers.Precedes(multitransaction, _next))
            return DataFault.MultitransactionUnknown;

        // Number 0 is left out when numbers go round.
        uint following = multitransaction == uint.MaxValue ? 1 : multitransaction + 1;
        uint end = following == _next ? _nextMember : Offset(following);
        uint start = Offset(multitransaction);
        uint count = unchecked(end - start);
        if (start == 0 || end == 0 || count > MembersMax)
            return DataFault.MultitransactionUnknown;

        for (uint i = 0; i < count; i++)
        {
            DataFault fault = Member(unchecked(start + i), out uint transaction, out int status);
            if (fault != DataFault.None)
                return fault;
            if (transaction == TransactionNumbers.None || status < FirstUpdateStatus)
                continue;
            if (status > LastStatus || updater != TransactionNumbers.None)
                return DataFault.MultitransactionUnknown;
            updater = transaction;
        }

        return DataFault.None;
    }

    private uint Offset(uint multitransaction)
    {
        ReadOnlySpan<byte> page = _offsets.Page(multitransaction / OffsetsPerPage);
        int offset = (int)(multitransaction % OffsetsPerPage) * sizeof(uint);
        return page.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(page[offset..]);
    }

    private DataFault Member(uint member, out uint transaction, out int status)
    {
        transaction = TransactionNumbers.None;
        status = 0;
        ReadOnlySpan<byte> page = _members.Page(member / MembersPerPage);
        if (page.IsEmpty)
            return DataFault.MultitransactionUnknown;
        uint within = member % MembersPerPage;
        uint place = within % MembersPerGroup;
        ReadOnlySpan<byte> group = page.Slice((int)(within / MembersPerGroup * GroupBytes), (int)GroupBytes);
        status = group[(int)place];
        transaction = BinaryPrimitives.ReadUInt32LittleEndian(group[(int)(sizeof(uint) * (1 + place))..]);
        return DataFault.None;
    }
}
