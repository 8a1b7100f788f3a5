namespace Forebay.Memory;

/// <summary>
/// Where an array lies in a segment: a promise of <see cref="SegmentLayout"/>, the same in each process.
/// </summary>
/// <typeparam name="T">The record type that the region holds.</typeparam>
/// <param name="Offset">Bytes from the start of the segment.</param>
/// <param name="Count">Number of records.</param>
internal readonly record struct SegmentRegion<T>(long Offset, int Count)
    where T : unmanaged;
