namespace Forebay.Buffers;

/// <summary>
/// What page checks found in one operation, packed into the 32 bits of a result's detail:
/// <code>
/// bit 0 some page was zeroed   bit 1 some checksum failure was ignored   bits 2..9 bad pages (errors, else zeroed)
/// bits 10..17 checksum failures   bits 18..25 offset of the first error, else zeroed, else ignored page
/// </code>
/// Counts have eight bits, so that all 128 pages of the longest operation can fail.
/// </summary>
/// <param name="Zeroed">Some page became zeros.</param>
/// <param name="Ignored">Some checksum failure was ignored.</param>
/// <param name="Bad">Pages in error, or zeroed if none is in error.</param>
/// <param name="ChecksumFailures">Pages whose checksum failed.</param>
/// <param name="First">Offset of the page to name.</param>
internal readonly record struct PageFaults(bool Zeroed, bool Ignored, int Bad, int ChecksumFailures, int First)
{
    /// <summary>Packs.</summary>
    public uint Pack() =>
        (Zeroed ? 1u : 0) | (Ignored ? 2u : 0) | ((uint)Bad << 2)
        | ((uint)ChecksumFailures << 10) | ((uint)First << 18);

    /// <summary>Unpacks.</summary>
    public static PageFaults Unpack(uint detail) => new(
        (detail & 1) != 0,
        (detail & 2) != 0,
        (int)((detail >> 2) & 0xFF),
        (int)((detail >> 10) & 0xFF),
        (int)((detail >> 18) & 0xFF));
}
