namespace Forebay.PostgreSql.Pages;

/// <summary>One of the four-byte entries that follow the page header: where an item lies and how long it is.</summary>
/// <param name="Word">The entry as the page has it.</param>
public readonly record struct LinePointer(uint Word)
{
    /// <summary>The size in bytes of an entry.</summary>
    public const int Size = 4;

    /// <summary>What it stands for.</summary>
    public LinePointerKind Kind => (LinePointerKind)((Word >> 15) & 3);

    /// <summary>The offset in bytes of the item within the page.</summary>
    public int Offset => (int)(Word & 0x7FFF);

    /// <summary>The length in bytes of the item.</summary>
    public int Length => (int)(Word >> 17);

    /// <summary>The item number that a <see cref="LinePointerKind.Redirect"/> leads to.</summary>
    public int RedirectTarget => Offset;
}
