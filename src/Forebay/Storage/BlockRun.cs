using System.Globalization;

namespace Forebay.Storage;

/// <summary>Neighbouring blocks of one segment file, for messages.</summary>
/// <param name="Fork">The fork, if this process has spoken of it.</param>
/// <param name="Path">The segment file as people know it.</param>
/// <param name="FirstBlock">First block, counted from the start of the relation.</param>
/// <param name="Count">Number of blocks.</param>
internal readonly record struct BlockRun(RelationFork? Fork, string Path, uint FirstBlock, int Count)
{
    /// <summary>As in <c>blocks 7..9 in file "base/5/16384"</c>.</summary>
    public string Describe() => Count switch
    {
        <= 0 => string.Create(CultureInfo.InvariantCulture, $"file \"{Path}\""),
        1 => string.Create(CultureInfo.InvariantCulture, $"block {FirstBlock} in file \"{Path}\""),
        _ => string.Create(CultureInfo.InvariantCulture,
            $"blocks {FirstBlock}..{FirstBlock + (uint)Count - 1} in file \"{Path}\""),
    };
}
