using System.Buffers.Binary;
using Forebay.PostgreSql.Pages;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>The leaves of a B-tree that hold a range of it, from left to right, looked ahead of.</summary>
/// <remarks>
/// <para>
/// The right links of the leaves alone say which leaf is next; but they are known one at a time. So the level above,
/// which names hundreds of leaves at once, tells the read stream what is likely to be wanted. A leaf that is linked but
/// not named (its split was not finished, or it is on its way out) is read by itself.
/// </para>
/// <code>
///   parents     [ a b c e ] -> [ f g ]          named: a stream reads ahead
///   leaves      a -> b -> c -> d -> e -> f -> g   linked: decides; d is read by itself
/// </code>
/// <para>A link that leads in a circle ends the walk with an exception: no page is visited twice.</para>
/// </remarks>
internal sealed class LeafWalk : IDisposable
{
    private const uint Magic = 0x053162;
    private const uint MetaBlock = 0;
    private const int VersionOffset = PageHeader.Size + 4;
    private const int RootOffset = PageHeader.Size + 8;
    private const int LevelOffset = PageHeader.Size + 12;
    private const uint VersionMin = 2;
    private const uint VersionMax = 4;
    private const uint LevelMax = 32;

    private readonly BTreeIndex _index;
    private readonly ForebaySession _session;
    private readonly RelationFork _fork;
    private readonly KeyRange _range;
    private readonly Queue<uint> _leaves = new();
    private readonly ReadStream<LeafBlocks> _stream;
    private readonly uint _blocks;
    private Step _step = Step.Meta;
    private uint _block = MetaBlock; // what is to be read by itself next
    private uint _level;
    private uint _parent; // the page above the leaves that is read next, or none
    private uint _expected; // the leaf that the links say is next
    private bool _streamEnded;
    private long _visits;
    private PinnedPage _held; // what the stream has delivered ahead of its turn
    private PinnedPage _leaf;

    public LeafWalk(BTreeIndex index, KeyRange range)
    {
        _index = index;
        _session = index.Table.Session;
        _fork = index.Main;
        _range = range;
        _blocks = _session.GetBlockCount(_fork);
        _stream = _session.OpenReadStream(_fork, new LeafBlocks(_leaves), new ReadStreamOptions
        {
            Flags = ReadStreamFlags.UseBatching,
        });
    }

    private enum Step
    {
        /// <summary>The first page is to be read.</summary>
        Meta,

        /// <summary>A page on the way down is to be read.</summary>
        Descend,

        /// <summary>A page above the leaves is to be read, to name more of them.</summary>
        Name,

        /// <summary>The stream is to be asked.</summary>
        Stream,

        /// <summary>A leaf that nobody named is to be read.</summary>
        Single,

        /// <summary>A leaf is there.</summary>
        Leaf,

        /// <summary>There is none.</summary>
        End,
    }

    /// <summary>Pages that were read by themselves: the way down, what names leaves, and leaves not named.</summary>
    public long SinglePages { get; private set; }

    public ReadStreamStatistics Statistics => _stream.Statistics;

    /// <summary>The leaf of the last <see cref="NextAsync"/> that came out true; the caller's to dispose.</summary>
    public PinnedPage Current => _leaf;

    public bool TryNext(out PinnedPage leaf)
    {
        while (true)
        {
            switch (Prepare())
            {
                case Step.Leaf:
                    _step = Step.Stream;
                    leaf = _leaf;
                    return true;
                case Step.End:
                    leaf = default;
                    return false;
                case Step.Stream:
                    bool found = _stream.TryNext(out PinnedPage page);
                    Accept(found, page);
                    break;
                case Step.Meta:
                case Step.Descend:
                case Step.Name:
                case Step.Single:
                default:
                    Accept(_session.Read(_fork, Checked(_block)));
                    break;
            }
        }
    }

    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (Prepare())
            {
                case Step.Leaf:
                    _step = Step.Stream;
                    return true;
                case Step.End:
                    return false;
                case Step.Stream:
                    bool found = await _stream.NextAsync(cancellationToken).ConfigureAwait(false);
                    Accept(found, found ? _stream.Current : default);
                    break;
                case Step.Meta:
                case Step.Descend:
                case Step.Name:
                case Step.Single:
                default:
                    Accept(await _session.ReadAsync(_fork, Checked(_block), cancellationToken).ConfigureAwait(false));
                    break;
            }
        }
    }

    /// <summary>No further leaf is wanted.</summary>
    public void Stop() => _step = Step.End;

    /// <summary>Begins anew: the range has changed.</summary>
    public void Restart()
    {
        Release();
        (_step, _block, _parent, _expected) = (Step.Meta, MetaBlock, BTreePage.NoBlock, BTreePage.NoBlock);
        _streamEnded = false;
        _visits = 0;
    }

    /// <summary>Gives all pages back; there is no leaf until <see cref="Restart"/>.</summary>
    public void Release()
    {
        _step = Step.End;
        _held.Dispose();
        _held = default;
        _leaves.Clear();
        _stream.Reset();
    }

    public void Dispose()
    {
        _step = Step.End;
        _held.Dispose();
        _stream.Dispose();
    }

    private Step Prepare()
    {
        if (_step is not (Step.Stream or Step.Name or Step.Single))
            return _step;
        if (_expected == BTreePage.NoBlock)
            return _step = Step.End;
        if (_leaves.Count == 0 && _parent != BTreePage.NoBlock)
        {
            _block = _parent;
            return _step = Step.Name;
        }

        if (_held.IsValid && _held.Block == _expected)
        {
            PinnedPage leaf = _held;
            _held = default;
            return Arrive(leaf) ? Step.Leaf : Prepare();
        }

        _block = _expected;
        return _step = _held.IsValid || _streamEnded ? Step.Single : Step.Stream;
    }

    private void Accept(bool found, PinnedPage page)
    {
        _streamEnded = !found;
        _held = page;
    }

    private void Accept(PinnedPage page)
    {
        SinglePages++;
        if (_step == Step.Single)
        {
            Arrive(page);
            return;
        }

        using (page)
        {
            Visit(page.Block);
            if (_step == Step.Meta)
            {
                OpenMeta(page.Span);
                return;
            }

            Fail(BTreePage.TryOpen(page.Span, out BTreePage view), 0);
            if (_step == Step.Name)
                Name(view, onTheWayDown: false);
            else
                Descend(view);
        }
    }

    private void OpenMeta(ReadOnlySpan<byte> page)
    {
        static uint Word(ReadOnlySpan<byte> bytes, int offset) =>
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
        uint root = Word(page, RootOffset);
        _level = Word(page, LevelOffset);
        bool sane = Word(page, PageHeader.Size) == Magic
            && Word(page, VersionOffset) is >= VersionMin and <= VersionMax && _level <= LevelMax;
        Fail(sane ? DataFault.None : DataFault.IndexPage, 0);
        if (root == BTreePage.NoBlock)
            _step = Step.End; // nothing was ever inserted
        else if (_level == 0)
            (_step, _expected, _streamEnded) = (Step.Single, root, true);
        else
            (_step, _block) = (Step.Descend, root);
    }

    private void Descend(scoped in BTreePage page)
    {
        if (page.IsIgnored || EndsBefore(page))
        {
            Fail(page.IsLast ? DataFault.IndexLinks : DataFault.None, 0);
            _block = page.Next;
            return;
        }

        Fail(page.Level == _level ? DataFault.None : DataFault.IndexLinks, 0);
        if (_level == 1)
        {
            Name(page, onTheWayDown: true);
            return;
        }

        Fail(page.TryEntry(ChildOf(page), out IndexEntry child), page.First);
        _block = child.Child;
        _level--;
    }

    /// <summary>The last entry whose key lies before the range: the range begins below it.</summary>
    private int ChildOf(scoped in BTreePage page)
    {
        int low = page.First; // stands for minus infinity
        Fail(low <= page.Last ? DataFault.None : DataFault.IndexPage, 0);
        int high = page.Last + 1;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (PlaceOf(page, middle) < KeyRange.Within)
                low = middle;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Notes the leaves that a page above them names, as far as the range goes.</summary>
    private void Name(scoped in BTreePage page, bool onTheWayDown)
    {
        _parent = page.Next;
        if (!page.IsIgnored)
        {
            Fail(page.Level == 1 ? DataFault.None : DataFault.IndexLinks, 0);
            int first = onTheWayDown ? ChildOf(page) : page.First;
            for (int item = first; item <= page.Last; item++)
            {
                // The first may have no key, and begins before the range or at its start.
                if (item > first && PlaceOf(page, item) > KeyRange.Within)
                {
                    _parent = BTreePage.NoBlock;
                    break;
                }

                Fail(page.TryEntry(item, out IndexEntry entry), item);
                _leaves.Enqueue(Checked(entry.Child));
                if (onTheWayDown && item == first)
                    _expected = entry.Child;
            }
        }

        if (_parent != BTreePage.NoBlock && !page.IsIgnored && !page.IsLast
            && PlaceOf(page, 1) > KeyRange.Within)
            _parent = BTreePage.NoBlock;
        _streamEnded = false;
        _stream.Resume();
        _step = Step.Stream;
    }

    /// <summary>A leaf has come in its turn.</summary>
    /// <returns>False if it is not to be handed out.</returns>
    private bool Arrive(PinnedPage page)
    {
        _leaf = page;
        try
        {
            Visit(page.Block);
            Fail(BTreePage.TryOpen(page.Span, out BTreePage view), 0);
            Fail(view.IsIgnored || view.IsLeaf ? DataFault.None : DataFault.IndexLinks, 0);
            bool wanted = !view.IsIgnored;
            _expected = wanted && !view.IsLast && PlaceOf(view, 1) > KeyRange.Within
                ? BTreePage.NoBlock // the high key is past the range: so is everything to the right
                : view.Next;
            _step = wanted ? Step.Leaf : Step.Stream;
            if (!wanted)
                page.Dispose();
            return wanted;
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    private bool EndsBefore(scoped in BTreePage page) => !page.IsLast && PlaceOf(page, 1) < KeyRange.Within;

    private int PlaceOf(scoped in BTreePage page, int item)
    {
        DataFault fault = page.TryEntry(item, out IndexEntry entry);
        int place = KeyRange.Within;
        if (fault == DataFault.None)
            fault = _range.Place(entry, out place);
        Fail(fault, item);
        return place;
    }

    private void Visit(uint block)
    {
        _block = block; // what a fault is about
        _visits++;
        Fail(_visits <= _blocks ? DataFault.None : DataFault.IndexLinks, 0);
    }

    private uint Checked(uint block)
    {
        Fail(block < _blocks ? DataFault.None : DataFault.IndexLinks, 0);
        return block;
    }

    private void Fail(DataFault fault, int item) => DamagedDataException.ThrowIf(fault, _fork.Path, _block, item);
}
