namespace Forebay.PostgreSql.Visibility;

/// <summary>The last answer of the transaction log: neighbours on a page often have one inserter.</summary>
internal struct TransactionMemo
{
    public uint Transaction;
    public bool Committed;
}
