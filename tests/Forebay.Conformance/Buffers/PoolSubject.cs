using Forebay.Buffers;
using Forebay.Storage;
using Forebay.Telemetry;

namespace Forebay.Conformance.Buffers;

/// <summary>
/// A relation of stamped pages in the shared pool, or a temporary one of the session: for what both kinds have to do
/// alike. Nothing of it is in the pool at first.
/// </summary>
internal sealed class PoolSubject : IDisposable
{
    private readonly PoolScenario _scenario;

    public PoolSubject(
        string method, bool direct, bool temporary, int pages, Action<ForebayOptionsDraft>? change = null,
        int poolPages = 64)
    {
        List<Notice> notices = [];
        _scenario = new PoolScenario(method, direct, temporary ? 0 : pages, poolPages, draft =>
        {
            change?.Invoke(draft);
            notices = draft.Notices;
        });
        Notices = notices;
        Session = _scenario.Instance.OpenSession();
        Fork = _scenario.Fork;
        FilePath = _scenario.FilePath;
        if (!temporary)
            return;
        Fork = Session.Temporary(new RelationLocator(1663, 5, 17_000));
        FilePath = Path.Combine(_scenario.FilePath, "..", "..", "..", Fork.Path);
        Session.Create(Fork);
        PoolWork.Grow(Session, Fork, pages, version: 1);
        Session.Flush(Fork);
        Forget();
    }

    /// <summary>Methods as <see cref="PoolScenario.Methods"/>, each over the shared pool and a temporary one.</summary>
    public static TheoryData<string, bool, bool> Methods
    {
        get
        {
            TheoryData<string, bool, bool> data = [];
            foreach (TheoryDataRow<string, bool> row in PoolScenario.Methods)
            {
                data.Add(row.Data.Item1, row.Data.Item2, false);
                data.Add(row.Data.Item1, row.Data.Item2, true);
            }

            return data;
        }
    }

    public ForebayInstance Instance => _scenario.Instance;

    public ForebaySession Session { get; }

    public RelationFork Fork { get; }

    public string FilePath { get; }

    public List<Notice> Notices { get; }

    public BufferSession Buffers => Session.Buffers(Fork);

    /// <summary>Whether a read is executed only when it is waited for.</summary>
    public bool ReadsWhenWaited => Session.Io.Engine.Method.ReadsWhenWaited;

    public ReadRunRequest Request => new(Fork, null, Instance.DefaultPageCheck);

    public void Forget()
    {
        Session.Io.WaitForAll();
        Buffers.Forget(Fork, 0);
    }

    /// <summary>Reads one run of blocks to its end; the pins are there whatever happens.</summary>
    public void Read(uint first, BufferPin[] pins, ReadRunFlags flags = ReadRunFlags.None)
    {
        ReadRun run = new(Buffers);
        int count = pins.Length;
        run.Start(Request, first, pins, 0, ref count, flags, mayWait: true);
        Assert.Equal(pins.Length, count);
        run.Wait();
    }

    public bool IsValid(BufferPin pin) => Buffers.Pool.Descriptor(pin.Frame).Word.Has(BufferWord.Valid);

    public void Unpin(BufferPin[] pins)
    {
        foreach (BufferPin pin in pins)
            Buffers.TryUnpin(pin);
    }

    public void AssertIdle() => PoolFacts.AssertIdle(Buffers.Pool, Buffers);

    public void Dispose()
    {
        Session.Dispose();
        _scenario.Dispose();
    }
}
