namespace Forebay.Comparison.Running;

/// <summary>Block numbers in a seeded random order, each once before any comes again.</summary>
internal static class RandomBlocks
{
    public static uint[] Permutation(int count, int seed)
    {
        uint[] blocks = new uint[count];
        for (uint i = 0; i < count; i++)
            blocks[i] = i;
        new Random(seed).Shuffle(blocks);
        return blocks;
    }
}
