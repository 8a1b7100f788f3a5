using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Forebay.PostgreSql.Pages;

namespace Forebay.Microbenchmarks;

/// <summary>Page checksums of 64 MiB beside reading the same memory with vectors.</summary>
public class PageChecksumBenchmarks
{
    public const int Pages = 8192;

    private readonly byte[] _memory = GC.AllocateUninitializedArray<byte>(Pages * PageChecksum.PageSize, pinned: true);

    [GlobalSetup]
    public void SetUp() => new Random(42).NextBytes(_memory);

    [Benchmark(Baseline = true, OperationsPerInvoke = Pages)]
    public int VectorRead()
    {
        System.Numerics.Vector<int> sum = default;
        foreach (System.Numerics.Vector<int> vector in MemoryMarshal.Cast<byte, System.Numerics.Vector<int>>(_memory))
            sum += vector;
        return System.Numerics.Vector.Sum(sum);
    }

    [Benchmark(OperationsPerInvoke = Pages)]
    public int Checksum()
    {
        int sum = 0;
        for (int page = 0; page < Pages; page++)
        {
            Span<byte> content = _memory.AsSpan(page * PageChecksum.PageSize, PageChecksum.PageSize);
            sum += PageChecksum.Compute(content, (uint)page);
        }

        return sum;
    }

    /// <summary>Vectors of 512 bits.</summary>
    [Benchmark(OperationsPerInvoke = Pages)]
    public uint Fold512()
    {
        uint sum = 0;
        for (int page = 0; page < Pages; page++)
            sum += ChecksumKernels.Fold512(Page(page));
        return sum;
    }

    /// <summary>Vectors of 256 bits.</summary>
    [Benchmark(OperationsPerInvoke = Pages)]
    public uint Fold256()
    {
        uint sum = 0;
        for (int page = 0; page < Pages; page++)
            sum += ChecksumKernels.Fold256(Page(page));
        return sum;
    }

    /// <summary>Vectors of 128 bits.</summary>
    [Benchmark(OperationsPerInvoke = Pages)]
    public uint Fold128()
    {
        uint sum = 0;
        for (int page = 0; page < Pages; page++)
            sum += ChecksumKernels.Fold128(Page(page));
        return sum;
    }

    private ReadOnlySpan<byte> Page(int page) =>
        _memory.AsSpan(page * PageChecksum.PageSize, PageChecksum.PageSize);
}
