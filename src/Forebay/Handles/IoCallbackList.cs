using System.Runtime.CompilerServices;

namespace Forebay.Handles;

/// <summary>
/// Up to four callbacks of a handle: id in the low byte, the registrant's byte of data in the high one.
/// </summary>
[InlineArray(Capacity)]
internal struct IoCallbackList
{
    /// <summary>Most callbacks per handle.</summary>
    public const int Capacity = 4;

    private ushort _first;
}
