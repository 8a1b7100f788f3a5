using System.IO.MemoryMappedFiles;

namespace Forebay.SharingHost;

/// <summary>
/// What version each block has, kept outside of the pool, in a file that all members map: who changes a page notes it
/// here while he has it locked exclusively and has marked it dirty. So whoever has a page locked finds exactly the
/// version in it that is noted, whoever was killed; a page that says another one was lost, or came back.
/// </summary>
public sealed class VersionBook : IDisposable
{
    /// <summary>Name of the file in the data directory.</summary>
    public const string FileName = "versions";

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    /// <summary>The book of a data directory; there is one.</summary>
    public VersionBook(string dataDirectory)
    {
        _file = MemoryMappedFile.CreateFromFile(
            Path.Combine(dataDirectory, FileName), FileMode.Open, null, 0, MemoryMappedFileAccess.ReadWrite);
        _view = _file.CreateViewAccessor();
    }

    /// <summary>The version of a block.</summary>
    public uint this[uint block]
    {
        get => _view.ReadUInt32(block * sizeof(uint));
        set => _view.Write(block * sizeof(uint), value);
    }

    /// <summary>Makes one: every block has version 1.</summary>
    public static void Create(string dataDirectory, int blocks)
    {
        byte[] bytes = new byte[blocks * sizeof(uint)];
        for (int block = 0; block < blocks; block++)
            bytes[block * sizeof(uint)] = 1;
        File.WriteAllBytes(Path.Combine(dataDirectory, FileName), bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
