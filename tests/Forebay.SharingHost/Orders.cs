using System.Collections.Concurrent;
using System.Diagnostics;

namespace Forebay.SharingHost;

/// <summary>
/// What the test tells this process, a line each. When the test is gone, so is its end of the pipe: then this process
/// ends at once, as nobody else would end it.
/// </summary>
internal sealed class Orders
{
    private readonly BlockingCollection<string> _lines = [];

    /// <summary>Begins to listen.</summary>
    public Orders() => new Thread(Listen) { IsBackground = true, Name = "orders" }.Start();

    /// <summary>Waits for the next line.</summary>
    public void Take() => _lines.Take();

    private void Listen()
    {
        while (Console.ReadLine() is { } line)
            _lines.Add(line);
        Process.GetCurrentProcess().Kill();
    }
}
