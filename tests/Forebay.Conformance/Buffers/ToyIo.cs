using Forebay.Buffers;

namespace Forebay.Conformance.Buffers;

/// <summary>
/// I/O on a page that a test begins and ends by hand; a handle that is never submitted stands for it.
/// </summary>
internal sealed class ToyIo
{
    private readonly BufferSession _session;
    private int _handle = -1;

    public ToyIo(BufferSession session, BufferPin pin)
    {
        _session = session;
        Frame = pin.Frame;
    }

    public int Frame { get; }

    /// <summary>Asks for the right to read the page.</summary>
    public BufferClaim Start()
    {
        Assert.True(_session.Io.TryAcquire(null, out int handle));
        BufferClaim claim = _session.Pool.Descriptors.TryClaimRead(Frame, handle, out _);
        if (claim == BufferClaim.Claimed)
            _handle = handle;
        else
            _session.Io.Release(handle);
        return claim;
    }

    /// <summary>Asks as somebody would who has a handle out already.</summary>
    public BufferClaim StartWithoutHandle() => _session.Pool.Descriptors.TryClaimRead(Frame, _handle, out _);

    public void End(bool valid)
    {
        _session.Pool.Descriptors.EndIo(Frame, _handle,
            valid ? BufferWord.Valid : BufferWord.IoError, valid ? 0 : BufferWord.Valid, dropPin: false);
        _session.Io.Release(_handle);
        _handle = -1;
    }
}
