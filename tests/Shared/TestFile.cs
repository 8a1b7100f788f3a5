using Forebay.Interop;

namespace Shared;

/// <summary>
/// A temporary file whose bytes tell where they belong, so that a transfer to or from the wrong place is seen.
/// </summary>
internal sealed class TestFile : IDisposable
{
    private const int ReadWrite = 0x2;
    private const int Direct = 0x4000;

    private readonly string _path = Path.Combine(AppContext.BaseDirectory, $"forebay-{Guid.NewGuid():N}.test");

    /// <summary>Creates the file with <paramref name="length"/> patterned bytes.</summary>
    public TestFile(int length)
    {
        byte[] content = new byte[length];
        for (int i = 0; i < length; i++)
            content[i] = At(i);
        File.WriteAllBytes(_path, content);
        Length = length;
        Descriptor = Libc.Open(_path, ReadWrite, 0);
        Assert.True(Descriptor >= 0);
        DirectDescriptor = Libc.Open(_path, ReadWrite | Direct, 0);
    }

    public int Length { get; }

    public int Descriptor { get; }

    /// <summary>The same file past the page cache; negative where the file system cannot do that.</summary>
    public int DirectDescriptor { get; }

    /// <summary>What the file holds at an offset until somebody writes there.</summary>
    public static byte At(long offset) => (byte)((offset * 31) ^ (offset >> 9) ^ (offset >> 17));

    public byte[] Content() => File.ReadAllBytes(_path);

    public void Dispose()
    {
        _ = Libc.Close(Descriptor);
        if (DirectDescriptor >= 0)
            _ = Libc.Close(DirectDescriptor);
        File.Delete(_path);
    }
}
