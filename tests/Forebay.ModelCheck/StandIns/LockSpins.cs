namespace Forebay.ModelCheck.StandIns;

/// <summary>Stands in for the library's: no attempts, since each is like the first.</summary>
internal static class LockSpins
{
    public const int Max = 0;
}
