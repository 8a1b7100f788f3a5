namespace Forebay.PostgreSql.Visibility;

/// <summary>Transaction numbers: 32 bits that go round. The first three are special.</summary>
internal static class TransactionNumbers
{
    public const uint None = 0;
    public const uint FirstNormal = 3;

    /// <summary>Whether one is older than another, by the shorter way round.</summary>
    public static bool Precedes(uint left, uint right) => unchecked((int)(left - right)) < 0;
}
