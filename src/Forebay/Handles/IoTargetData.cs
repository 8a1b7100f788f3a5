using System.Runtime.CompilerServices;

namespace Forebay.Handles;

/// <summary>
/// Identity of what an operation is done to, in seven words that only its target understands. Enough to open the
/// file again in another process and to name file and blocks in a message; no pointer, no descriptor.
/// </summary>
[InlineArray(Words)]
public struct IoTargetData
{
    /// <summary>Number of words.</summary>
    public const int Words = 7;

    private uint _first;
}
