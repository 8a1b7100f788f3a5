namespace Forebay.Buffers;

/// <summary>
/// One reading of a descriptor's state word:
/// <code>
/// bits  0..17  shared pin count          bits 18..20  usage count, 0..5
/// bits 21..31  flags                     bits 32..63  handle index plus one of the I/O in progress
/// </code>
/// That a page is in progress and by which handle is one value, set and cleared in one step: there is no moment in
/// which somebody could find a page in progress without knowing whom to wait for.
/// </summary>
/// <param name="Raw">The word.</param>
internal readonly record struct BufferWord(long Raw)
{
    /// <summary>One pin.</summary>
    public const long OnePin = 1;

    /// <summary>All pins.</summary>
    public const long PinMask = (1L << 18) - 1;

    /// <summary>One use.</summary>
    public const long OneUse = 1L << 18;

    /// <summary>All uses.</summary>
    public const long UseMask = 7L << 18;

    /// <summary>Highest usage count: how many passes of the clock hand an unused hot page survives.</summary>
    public const int UsageMax = 5;

    /// <summary>The tag fields name a page, and the frame is in the mapping under it.</summary>
    public const long TagValid = 1L << 21;

    /// <summary>The frame holds the page's contents.</summary>
    public const long Valid = 1L << 22;

    /// <summary>The contents are newer than the file.</summary>
    public const long Dirty = 1L << 23;

    /// <summary>The last I/O on the page failed; cleared by the next attempt.</summary>
    public const long IoError = 1L << 24;

    /// <summary>Somebody waits until the pin count falls to one.</summary>
    public const long PinWaiter = 1L << 25;

    /// <summary>
    /// The pins are being counted after a death: nobody adds one meanwhile who has none on the frame already.
    /// </summary>
    public const long Frozen = 1L << 26;

    private const int HandleShift = 32;
    private const long HandleMask = -1L << HandleShift;

    /// <summary>Pins, the I/O's own included.</summary>
    public int Pins => (int)(Raw & PinMask);

    /// <summary>Usage count.</summary>
    public int Usage => (int)((Raw & UseMask) >> 18);

    /// <summary>Handle index plus one of the I/O in progress; 0 = none.</summary>
    public int InProgress => (int)(Raw >>> HandleShift);

    /// <summary>Whether all given flags are set.</summary>
    public bool Has(long flags) => (Raw & flags) == flags;

    /// <summary>The word with an I/O in progress.</summary>
    public long WithInProgress(int handle) => (Raw & ~(HandleMask | IoError)) | ((long)(handle + 1) << HandleShift);

    /// <summary>The word without an I/O in progress.</summary>
    public long WithoutInProgress() => Raw & ~HandleMask;
}
