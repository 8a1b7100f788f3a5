using System.Buffers.Binary;
using Forebay.Buffers;

namespace Forebay.Conformance.Buffers;

/// <summary>
/// A user's own page check: a checksum in bytes 8 to 11 (zero = none was set) and a byte 12 that must be zero. Counts
/// what it is asked; pages of zeros are good.
/// </summary>
internal sealed class StampCheck : PageCheck
{
    private const int ChecksumAt = 8;
    private const int DamageAt = 12;
    private int _checked;
    private int _sealed;

    public override string Name => "stamp";

    public int Checked => Volatile.Read(ref _checked);

    public int Sealed => Volatile.Read(ref _sealed);

    public override PageVerdict Check(ReadOnlySpan<byte> page, uint block)
    {
        Interlocked.Increment(ref _checked);
        if (page[DamageAt] != 0)
            return PageVerdict.Damaged;
        uint stored = BinaryPrimitives.ReadUInt32LittleEndian(page[ChecksumAt..]);
        return stored == 0 || stored == Sum(page, block) ? PageVerdict.Good : PageVerdict.ChecksumFailure;
    }

    public override void Seal(Span<byte> page, uint block)
    {
        Interlocked.Increment(ref _sealed);
        BinaryPrimitives.WriteUInt32LittleEndian(page[ChecksumAt..], Sum(page, block));
    }

    /// <summary>
    /// Changes a page in its file so that it is damaged, fails its checksum, or both, or is good again.
    /// </summary>
    public static void Corrupt(string path, uint block, bool header = false, bool checksum = false)
    {
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        byte[] page = new byte[8192];
        file.Position = block * 8192L;
        file.ReadExactly(page);
        page[DamageAt] = header ? (byte)0xDD : (byte)0;
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(ChecksumAt), 0);
        uint right = Sum(page, block);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(ChecksumAt), checksum ? right ^ 0x10 : right);
        file.Position = block * 8192L;
        file.Write(page);
    }

    private static uint Sum(ReadOnlySpan<byte> page, uint block)
    {
        uint sum = block + 0x9E3779B9;
        for (int at = 0; at < page.Length; at += 4)
        {
            if (at != ChecksumAt)
                sum = (BinaryPrimitives.ReadUInt32LittleEndian(page[at..]) ^ sum) * 0x01000193;
        }

        return sum | 1;
    }
}
