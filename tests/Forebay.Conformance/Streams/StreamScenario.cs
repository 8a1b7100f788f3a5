using Forebay.Buffers;
using Forebay.Conformance.Buffers;
using Forebay.Streams;

namespace Forebay.Conformance.Streams;

/// <summary>A relation, an instance, a session, and what stream tests ask of them again and again.</summary>
internal sealed class StreamScenario : IDisposable
{
    private readonly PoolScenario _pool;

    public StreamScenario(
        string method, bool direct = false, int relationPages = 64, int poolPages = 1024,
        Action<ForebayOptionsDraft>? change = null)
    {
        _pool = new PoolScenario(method, direct, relationPages, poolPages, change);
        Session = _pool.Instance.OpenSession();
    }

    /// <summary>Methods as <see cref="PoolScenario.Methods"/>, buffered only.</summary>
    public static TheoryData<string> Methods
    {
        get
        {
            TheoryData<string> data = [];
            foreach (string name in PoolScenario.Methods.Select(row => row.Data.Item1).Distinct())
                data.Add(name);
            return data;
        }
    }

    public PoolScenario Pool => _pool;

    public ForebayInstance Instance => _pool.Instance;

    public ForebaySession Session { get; }

    public BufferSession Buffers => Session.Shared;

    public ReadStream<BlockSequence> Open(uint[] blocks, ReadStreamOptions? options = null) =>
        Open(Session, new BlockSequence(blocks), options);

    public ReadStream<TSource> Open<TSource>(TSource source, ReadStreamOptions? options = null)
        where TSource : struct, IBlockSource => Open(Session, source, options);

    public ReadStream<TSource> Open<TSource>(ForebaySession session, TSource source, ReadStreamOptions? options = null)
        where TSource : struct, IBlockSource =>
        new(session.Shared, _pool.Fork, source, options ?? ReadStreamOptions.Default, Defaults(session));

    public ReadStream<TSource, TData> Open<TSource, TData>(TSource source, ReadStreamOptions? options = null)
        where TSource : struct, IBlockSource<TData> =>
        new(Session.Shared, _pool.Fork, source, options ?? ReadStreamOptions.Default, Defaults(Session));

    private static ReadStreamDefaults Defaults(ForebaySession session)
    {
        ForebayOptions options = session.Instance.Options;
        return new ReadStreamDefaults(options.EffectiveIoConcurrency, options.MaintenanceIoConcurrency,
            options.IoCombineLimit, options.VacuumBufferUsageLimitBytes, options.ZeroDamagedPages,
            options.IgnoreChecksumFailure);
    }

    /// <summary>Takes a page, checks that it is the block and gives it back.</summary>
    public static void Expect(ReadStream stream, uint block)
    {
        Assert.True(stream.TryNext(out PinnedPage page), $"the stream ended before block {block}");
        using (page)
            ExpectPage(page, block);
    }

    public static void ExpectPage(PinnedPage page, uint block)
    {
        Assert.Equal(block, page.Block);
        PoolScenario.Expect(page.Span, block);
    }

    public static void ExpectAll(ReadStream stream, IEnumerable<uint> blocks)
    {
        foreach (uint block in blocks)
            Expect(stream, block);
        ExpectEnd(stream);
    }

    public static void ExpectEnd(ReadStream stream)
    {
        Assert.False(stream.TryNext(out PinnedPage page));
        Assert.False(page.IsValid);
    }

    /// <summary>Fails unless, after all I/O is over, no session holds any page.</summary>
    public void ExpectNoPins()
    {
        Assert.Equal(0, Buffers.Ledger.Count);
        Session.Io.WaitForAll();
        for (int frame = 0; frame < Instance.Pool.FrameCount; frame++)
        {
            BufferWord word = Instance.Pool.Descriptor(frame).Word;
            Assert.True(word.Pins == 0 && word.InProgress == 0, $"frame {frame}: {word.Pins} pins");
        }
    }

    /// <summary>All blocks leave the pool, so that they will be read.</summary>
    public void Forget()
    {
        Session.Io.WaitForAll();
        Buffers.Forget(_pool.Fork, 0);
    }

    public void Dispose()
    {
        Session.Dispose();
        _pool.Dispose();
    }
}
