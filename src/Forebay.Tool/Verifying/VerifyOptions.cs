using Forebay.Handles;
using Forebay.Tool.Parsing;

namespace Forebay.Tool.Verifying;

/// <summary>How files are verified.</summary>
/// <param name="Method">How I/O is executed.</param>
/// <param name="Direct">Past the page cache or through it; unsaid = past it where the file system can.</param>
/// <param name="Concurrency">Reads in flight per file.</param>
/// <param name="HoldPoints">A test's hand on what the kernel answers, or null.</param>
internal sealed record VerifyOptions(IoMethod Method, OnOff Direct, int Concurrency, IHoldPoints? HoldPoints = null)
{
    /// <summary>Whether the server may run meanwhile: a page that fails is read again before it is reported.</summary>
    public bool Online { get; init; }

    // One file after another leaves the device idle whenever one is opened or ends; that is most of the time in a
    // database of small tables. Beyond a few at a time nothing is gained.
    private const int LanesMax = 4;

    /// <summary>Files at a time. Who wants no look-ahead wants one file at a time, too.</summary>
    public int Lanes => Math.Clamp(Concurrency, 1, LanesMax);
}
