using Forebay.Buffers;
using Forebay.Callbacks;
using Forebay.Engine;
using Forebay.Memory;

namespace Forebay;

/// <summary>One session's pool of temporary pages: a buffer pool like the shared one, in memory of its own.</summary>
internal sealed class TemporaryPool : IDisposable
{
    private readonly ForebayInstance _instance;
    private readonly SharedSegment _memory;
    private readonly ushort _arena;

    /// <summary>Makes the pool and this session's side of it.</summary>
    public TemporaryPool(ForebayInstance instance, IoSession io)
    {
        _instance = instance;
        ForebayOptions options = instance.Options;
        int frames = (int)Math.Min(int.MaxValue / 2, options.TemporaryBufferBytes / options.BlockBytes);
        SegmentLayout layout = new();
        BufferPoolLayout poolLayout = new(layout, frames, options.BlockBytes);
        int ledgerLength = Math.Min(frames, PinLedger.CapacityMax);
        SegmentRegion<long> claims = layout.Reserve<long>(FrameClaims.Length);
        SegmentRegion<long> ledger = layout.Reserve<long>(ledgerLength);
        SegmentRegion<long> sharers = layout.Reserve<long>(PinShares.LengthFor(processes: 1));
        _memory = new SharedSegment(layout, hugePages: false);
        nint address = _memory.Array(poolLayout.Pages).AddressOf(0);
        _arena = instance.Arenas.Add(new FrameArena(address, options.BlockBytes, frames));
        BufferPoolOptions poolOptions = new(_arena, IoCallbackIds.LocalBufferRead, IoCallbackIds.LocalBufferWrite,
            IsLocal: true, instance.DefaultPageCheck, io.Slot)
        {
            ProcessSlot = instance.Engine.ProcessSlot,
        };
        BufferPool pool = new(_memory, poolLayout, poolOptions, instance.Storage, instance.Checks);
        instance.Pools.Set(_arena, pool);

        // A quarter stays out of one stream's reach, so that other temporary pages can still be looked at meanwhile.
        PinShares shares = new(_memory.Array(sharers), Math.Max(1, frames / 4 * 3));
        FrameClaims frameClaims = new(_memory.Array(claims), 0);
        PinLedger pins = new(_memory.Array(ledger), 0, ledgerLength);
        Session = new BufferSession(io, pool, pins, frameClaims, shares, instance.Notices);
    }

    /// <summary>The session's side.</summary>
    public BufferSession Session { get; }

    /// <summary>Gives the memory back; nothing is in flight on it.</summary>
    public void Dispose()
    {
        Session.Close();
        _instance.Pools.Set(_arena, null);
        _instance.Arenas.Remove(_arena);
        _memory.Dispose();
    }
}
