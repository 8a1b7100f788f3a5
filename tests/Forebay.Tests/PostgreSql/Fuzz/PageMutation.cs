using System.Globalization;

namespace Forebay.Tests.PostgreSql.Fuzz;

/// <summary>How much and what is damaged in these tests.</summary>
internal static class PageMutation
{
    /// <summary>Which damage; the same number does the same.</summary>
    public static int Seed => int.Parse(
        Environment.GetEnvironmentVariable("FOREBAY_SEED") ?? "1", CultureInfo.InvariantCulture);

    /// <summary>How many pages: few in the gate, more if <c>FOREBAY_STRESS</c> is set.</summary>
    public static int Count(int few, int many) =>
        Environment.GetEnvironmentVariable("FOREBAY_STRESS") is { Length: > 0 } ? many : few;

    /// <summary>
    /// Changes a few bytes, most of them where they decide something; never what says that they count.
    /// </summary>
    public static void Damage(Span<byte> page, Random random)
    {
        for (int changes = random.Next(1, 10); changes > 0; changes--)
        {
            int offset = random.Next(5) switch
            {
                0 => random.Next(10, 24),
                1 => random.Next(24, 400),
                2 => page.Length - 1 - random.Next(16),
                3 => ItemHead(page, random),
                _ => random.Next(24, page.Length),
            };
            page[offset] = random.Next(3) switch
            {
                0 => (byte)(page[offset] ^ (1 << random.Next(8))),
                1 => (byte)random.Next(256),
                _ => random.Next(2) == 0 ? (byte)0 : byte.MaxValue,
            };
        }
    }

    private static int ItemHead(Span<byte> page, Random random)
    {
        int pointer = 24 + (4 * random.Next(100));
        int offset = (page[pointer] | (page[pointer + 1] << 8)) & 0x7FFF;
        return Math.Min(offset + random.Next(40), page.Length - 1);
    }
}
