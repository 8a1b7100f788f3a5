using System.Globalization;
using Forebay.Storage;

namespace Forebay.Tool.Verifying;

/// <summary>The blocks of one file that the device could not read, for one line about all of them.</summary>
internal sealed class UnreadableBlocks
{
    private const int NamedMax = 16;

    private readonly List<uint> _named = [];
    private string _first = "";
    private long _count;

    /// <summary>Whether a failure is of its block alone, so that the next one is worth a try.</summary>
    public static bool IsOfBlock(StorageException failure) => failure.IsUnreadable;

    /// <summary>Notes a block and why it could not be read.</summary>
    public void Add(uint block, StorageException failure)
    {
        if (_count++ == 0)
            _first = failure.Message;
        if (_named.Count < NamedMax)
            _named.Add(block);
    }

    /// <summary>The line; null if there were none.</summary>
    public string? Describe()
    {
        if (_count <= 1)
            return _count == 0 ? null : _first;
        string more = _count > NamedMax ? " …" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{_first} In all {_count} blocks cannot be read: {string.Join(", ", _named)}{more}");
    }
}
