using Forebay.Handles;

namespace Forebay.Buffers;

/// <summary>
/// Adds up what the page checks of one operation found. Starts as zero; lives on the completer's stack.
/// </summary>
internal struct FaultTally
{
    private int _errors;
    private int _zeroed;
    private int _ignored;
    private int _checksumFailures;
    private int _firstError;
    private int _firstZeroed;
    private int _firstIgnored;

    /// <summary>A page failed; it is in error, or becomes zeros.</summary>
    public void Fault(int offset, bool checksum, bool zeroed)
    {
        if (checksum)
            _checksumFailures++;
        if (zeroed)
        {
            if (_zeroed++ == 0)
                _firstZeroed = offset;
        }
        else if (_errors++ == 0)
        {
            _firstError = offset;
        }
    }

    /// <summary>A page whose checksum fails is accepted all the same.</summary>
    public void Ignore(int offset)
    {
        _checksumFailures++;
        if (_ignored++ == 0)
            _firstIgnored = offset;
    }

    /// <summary>
    /// The result that tells of it; the count of blocks below is kept, so a short read is still continued.
    /// </summary>
    public readonly IoResult Conclude(IoResult below, byte callbackId)
    {
        if (_errors + _zeroed + _ignored == 0)
            return below;
        int first = _errors > 0 ? _firstError : _zeroed > 0 ? _firstZeroed : _firstIgnored;
        PageFaults faults = new(
            _zeroed > 0, _ignored > 0, _errors > 0 ? _errors : _zeroed, _checksumFailures, first);
        return new IoResult(_errors > 0 ? IoStatus.Error : IoStatus.Warning, below.Value, callbackId, faults.Pack());
    }
}
