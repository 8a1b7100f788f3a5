namespace Forebay.PostgreSql.Tuples;

/// <summary>How values of a column are laid out in a row.</summary>
/// <param name="Length">Bytes of a value; -1 for a length word of its own, -2 for a text that ends with a zero.</param>
/// <param name="Alignment">Values start at multiples of this: 1, 2, 4 or 8.</param>
public readonly record struct ColumnShape(short Length, byte Alignment)
{
    /// <summary>The <see cref="Length"/> of values that begin with a length word.</summary>
    public const short Varlena = -1;

    /// <summary>The <see cref="Length"/> of values that end with a zero byte.</summary>
    public const short ZeroTerminated = -2;

    /// <summary>Makes one from a catalog's columns.</summary>
    /// <param name="length">As in <c>attlen</c>.</param>
    /// <param name="alignment">As in <c>attalign</c>: c, s, i or d.</param>
    /// <param name="shape">The shape.</param>
    /// <returns>False if there is no such shape.</returns>
    public static bool TryMake(short length, byte alignment, out ColumnShape shape)
    {
        byte bytes = alignment switch
        {
            (byte)'c' => 1,
            (byte)'s' => 2,
            (byte)'i' => 4,
            (byte)'d' => 8,
            _ => 0,
        };
        shape = new ColumnShape(length, bytes);
        return bytes != 0 && length is > 0 or Varlena or ZeroTerminated;
    }
}
