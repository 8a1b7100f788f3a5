using Forebay;
using Forebay.Interop;

namespace Shared;

/// <summary>A folder in memory for the segments of one test, gone with it.</summary>
internal sealed class SharedFolder : IDisposable
{
    public string Path { get; } = $"/dev/shm/forebay-test-{Environment.ProcessId}-{Guid.NewGuid():N}";

    public Sharing Named(string name) => Sharing.Named(name, Path);

    public string Segment(string name) => System.IO.Path.Combine(Path, name + ".segment");

    public string[] Files => Directory.Exists(Path) ? Directory.GetFiles(Path) : [];

    public void Make() => _ = FileSystemCalls.MakeFolder(Path);

    /// <summary>Puts a file in the place of a segment, its owner's alone.</summary>
    public void Write(string name, ReadOnlySpan<byte> contents)
    {
        int file = FileSystemCalls.Open(Segment(name), FileOpenFlags.Create | FileOpenFlags.Write);
        Assert.True(file >= 0);
        Assert.Equal(0, FileSystemCalls.Truncate(file, 0));
        for (int at = 0; at < contents.Length;)
            at += FileSystemCalls.Write(file, contents[at..], at);
        Assert.Equal(0, FileSystemCalls.Close(file));
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
