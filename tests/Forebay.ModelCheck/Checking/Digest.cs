namespace Forebay.ModelCheck.Checking;

/// <summary>128 bits of something longer: two different things have the same one as good as never.</summary>
internal struct Digest()
{
    private ulong _high = 14695981039346656037UL;
    private ulong _low = 7809847782465536322UL;

    public readonly UInt128 Value => new(_high, _low);

    public void Mix(ulong value)
    {
        _high = (_high ^ value) * 0x9E3779B97F4A7C15UL;
        _high ^= _high >> 29;
        _low = (_low + value) * 0xC2B2AE3D27D4EB4FUL;
        _low ^= _low >> 31;
    }
}
