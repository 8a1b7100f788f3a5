namespace Forebay.Tool.Benchmarks;

/// <summary>Numbers that a seed determines, the same on every machine and in every version: a SplitMix64.</summary>
internal struct BenchRandom(ulong seed)
{
    private const ulong Step = 0x9E37_79B9_7F4A_7C15;

    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next() => Mix(_state += Step);

    /// <summary>A number below a bound, without bias that a benchmark could notice.</summary>
    public uint Next(uint bound) => (uint)Math.BigMul(Next(), bound, out _);

    /// <summary>Spreads every bit of a number over all of them.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }
}
