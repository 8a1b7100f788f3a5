using Forebay.Interop;

namespace Forebay.Storage;

/// <summary>
/// How long a page's transfer is repeated: while the kernel was only interrupted, and while it gets longer without
/// being
/// complete. Each attempt is made from the page's beginning.
/// </summary>
/// <param name="length">Bytes of the page.</param>
internal struct WholePage(int length)
{
    /// <summary>Most attempts in a row that the kernel puts off.</summary>
    public const int TransientRetriesMax = 100;

    private int _before;
    private int _retries;

    /// <summary>Whether the transfer is to be made again.</summary>
    /// <param name="result">What it came to; at the end the most that an attempt came to, or -errno.</param>
    public bool IsToBeRepeated(ref int result)
    {
        if (ErrnoTable.IsTransient(result) && _retries++ < TransientRetriesMax)
            return true;
        if (result > _before && result < length)
        {
            _before = result;
            return true;
        }

        if (result >= 0)
            result = Math.Max(result, _before);
        return false;
    }
}
