using Forebay.Interop;

namespace Forebay.Tests.Interop.IoUring;

// A file of a known size and content, opened as the test wants it, and deleted afterwards.
internal sealed class RingFile : IDisposable
{
    private readonly string _path = Path.Combine(AppContext.BaseDirectory, "ring-" + Guid.NewGuid().ToString("N"));

    public RingFile(int length, int seed, bool direct)
    {
        Content = new byte[length];
        uint state = (uint)seed | 1;
        for (int i = 0; i < length; i++)
        {
            state = (state * 1664525) + 1013904223;
            Content[i] = (byte)(state >> 24);
        }

        File.WriteAllBytes(_path, Content);
        Descriptor = Libc.Open(_path, RingTesting.ReadWrite | (direct ? RingTesting.Direct : 0), 0);
        if (Descriptor >= 0)
            return;
        File.Delete(_path);
        Assert.SkipWhen(direct, "this file system has no O_DIRECT");
        Assert.Fail("the test file cannot be opened");
    }

    public byte[] Content { get; }

    public int Descriptor { get; }

    public byte[] ReadBack() => File.ReadAllBytes(_path);

    public void Dispose()
    {
        _ = Libc.Close(Descriptor);
        File.Delete(_path);
    }
}
