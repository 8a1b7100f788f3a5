using System.Text;
using Forebay.PostgreSql.Compression;

namespace Forebay.Tests.PostgreSql.Compression;

public sealed class DecompressorTests
{
    // One literal, then a repetition of distance 1 and length 18 + 2.
    private static readonly byte[] s_pglz = [0b10, (byte)'a', 0x0F, 0x01, 2];

    // Three literals, a repetition of distance 3 and length 4 + 15 + 1, two literals at the end.
    private static readonly byte[] s_lz4 = [0x3F, (byte)'a', (byte)'b', (byte)'c', 3, 0, 1, 0x20, (byte)'x', (byte)'y'];

    [Fact]
    public void TryDecompress_Pglz_RepeatsWhatOverlaps()
    {
        byte[] raw = new byte[21];
        Assert.True(Decompressor.TryDecompress(s_pglz, raw, CompressionMethod.Pglz));
        Assert.Equal(new string('a', 21), Encoding.ASCII.GetString(raw));
    }

    [Fact]
    public void TryDecompress_Lz4_RepeatsThePattern()
    {
        byte[] raw = new byte[25];
        Assert.True(Decompressor.TryDecompress(s_lz4, raw, CompressionMethod.Lz4));
        Assert.Equal("abcabcabcabcabcabcabcabxy", Encoding.ASCII.GetString(raw));
    }

    [Theory]
    [InlineData(CompressionMethod.Pglz, 20)]
    [InlineData(CompressionMethod.Pglz, 22)]
    [InlineData(CompressionMethod.Lz4, 24)]
    [InlineData(CompressionMethod.Lz4, 26)]
    public void TryDecompress_OtherLength_IsRefused(CompressionMethod method, int length)
    {
        byte[] compressed = method == CompressionMethod.Pglz ? s_pglz : s_lz4;
        // A last repetition of pglz may be cut short, but nothing may be missing or left over.
        bool cut = method == CompressionMethod.Pglz && length == 20;
        Assert.Equal(cut, Decompressor.TryDecompress(compressed, new byte[length], method));
    }

    [Theory]
    [InlineData(CompressionMethod.Pglz)]
    [InlineData(CompressionMethod.Lz4)]
    public void TryDecompress_RandomBytes_Ends(CompressionMethod method)
    {
        const int Seed = 7;
        var random = new Random(Seed);
        byte[] raw = new byte[600];
        int good = 0;
        for (int i = 0; i < 200_000; i++)
        {
            byte[] compressed = new byte[random.Next(40)];
            random.NextBytes(compressed);
            Span<byte> target = raw.AsSpan(0, random.Next(raw.Length));
            good += Decompressor.TryDecompress(compressed, target, method) ? 1 : 0;
            Assert.False(Decompressor.TryDecompress(compressed, raw, (CompressionMethod)3));
        }

        Assert.InRange(good, 1, 100_000);
    }

    [Fact]
    public void RawLengthMax_FewBytes_CannotClaimMuch() =>
        Assert.True(Decompressor.RawLengthMax(1000, CompressionMethod.Lz4) < 1 << 20);
}
