namespace Forebay.ModelCheck.Checking;

/// <summary>A thread of the machine, for one thread of each run after the other.</summary>
internal sealed class Runner : IDisposable
{
    private readonly Baton _given = new();
    private readonly Baton _done = new();
    private readonly Thread _thread;
    private Action? _work;

    public Runner()
    {
        _thread = new Thread(Loop, maxStackSize: 1 << 18) { IsBackground = true };
        _thread.Start();
    }

    public void Start(Action work)
    {
        _work = work;
        _given.Release();
    }

    public void Join() => _done.Wait();

    public void Dispose()
    {
        _work = null;
        _given.Release();
        _thread.Join();
        _given.Dispose();
        _done.Dispose();
    }

    private void Loop()
    {
        for (_given.Wait(); _work is { } work; _given.Wait())
        {
            work();
            _done.Release();
        }
    }
}
