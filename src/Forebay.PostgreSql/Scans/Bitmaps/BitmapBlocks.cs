using Forebay.Streams;

namespace Forebay.PostgreSql.Scans.Bitmaps;

/// <summary>Names the pages of a set, and remembers of each where in the set it is.</summary>
internal struct BitmapBlocks(BitmapPage[] pages, uint blocks) : IBlockSource<int>
{
    private int _next;

    public bool TryNext(ref int data, out uint block)
    {
        // In order: the first page past the end of the table is the end.
        if (_next >= pages.Length || pages[_next].Block >= blocks)
        {
            block = 0;
            return false;
        }

        data = _next;
        block = pages[_next++].Block;
        return true;
    }
}
