using System.Runtime.CompilerServices;

namespace Forebay.Buffers;

/// <summary>Notes the frame in the session's claims: for frames that other processes share.</summary>
internal readonly struct NotedReach(FrameClaims claims) : IReach
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Reach(int frame) => claims.Reach(frame);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Settle() => claims.Settle();
}
