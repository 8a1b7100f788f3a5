using System.Collections;
using Forebay.Engine;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>
/// Several sessions, closed together, and before their engine even if the test fails: slots 0, 1, … one ring each.
/// </summary>
internal sealed class SessionSet(RingEngine engine, int count) : IReadOnlyList<IoSession>, IDisposable
{
    private readonly IoSession[] _sessions = [.. Enumerable.Range(0, count).Select(_ => engine.OpenSession())];

    public int Count => _sessions.Length;

    public IoSession this[int index] => _sessions[index];

    public IEnumerator<IoSession> GetEnumerator() => _sessions.AsEnumerable().GetEnumerator();

    public void Dispose()
    {
        foreach (IoSession session in _sessions)
            session.Dispose();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
