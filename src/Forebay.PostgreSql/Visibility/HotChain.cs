using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;

namespace Forebay.PostgreSql.Visibility;

/// <summary>Finds the visible version of a row that an index points to.</summary>
/// <remarks>
/// An index names the first version of a chain on one page. The line pointer may redirect to where the chain goes on.
/// Each version that was replaced on its own page names the next one, which must have been inserted by whoever
/// replaced it; else the chain has ended and the place was used again.
/// </remarks>
public static class HotChain
{
    /// <summary>Follows a chain.</summary>
    /// <param name="page">The page of the table.</param>
    /// <param name="root">The item that the index names; any integer will do.</param>
    /// <param name="visibility">The judge.</param>
    /// <param name="visible">The item of the visible version; 0 if there is none.</param>
    /// <param name="item">The item at fault, if one is.</param>
    /// <returns>What is wrong, or <see cref="DataFault.None"/>. That nothing is there is no fault.</returns>
    public static DataFault TryFind(
        in ItemPage page, int root, TupleVisibility visibility, out int visible, out int item)
    {
        ArgumentNullException.ThrowIfNull(visibility);
        visible = 0;
        item = root;
        bool redirected = false;
        uint replacer = 0;
        for (int steps = 0; steps <= page.Count; steps++)
        {
            if (item < 1 || item > page.Count)
                return redirected ? DataFault.BadRedirect : DataFault.None;
            LinePointer pointer = page.Pointer(item);
            if (pointer.Kind == LinePointerKind.Redirect && steps == 0)
            {
                item = pointer.RedirectTarget;
                redirected = true;
                continue;
            }

            if (pointer.Kind != LinePointerKind.Normal)
                return redirected && steps == 1 ? DataFault.BadRedirect : DataFault.None;
            DataFault fault = page.TryItem(item, out ReadOnlySpan<byte> bytes);
            if (fault != DataFault.None)
                return fault;
            fault = HeapTuple.TryParse(bytes, out HeapTuple version);
            if (fault != DataFault.None)
                return fault;
            if (!redirected && steps == 0 && version.IsHeapOnly)
                return DataFault.None;
            if (replacer != 0 && version.Inserter != replacer)
                return DataFault.None;
            fault = visibility.Judge(version, out TupleFate fate);
            if (fault != DataFault.None)
                return fault;
            if (fate == TupleFate.Live)
            {
                visible = item;
                return DataFault.None;
            }

            if (fate != TupleFate.Deleted || !version.IsHotUpdated)
                return DataFault.None;
            fault = visibility.TryGetDeleter(version, out replacer);
            if (fault != DataFault.None)
                return fault;
            item = version.NextVersion.Item;
        }

        return DataFault.BadRedirect;
    }
}
