using System.Collections.Concurrent;
using System.Diagnostics;

namespace Forebay.SharingHost;

/// <summary>
/// What the test tells this process, a line each. When the test is gone, so is its end of the pipe: then this process
/// ends at once, as nobody else would end it.
/// </summary>
internal sealed class Orders
{
    private const string End = "end";

    private readonly BlockingCollection<string> _lines = [];
    private bool _isEnding;

    /// <summary>Begins to listen.</summary>
    public Orders() => new Thread(Listen) { IsBackground = true, Name = "orders" }.Start();

    /// <summary>Whether work that has no end of its own is to end.</summary>
    public bool IsEnding => Volatile.Read(ref _isEnding);

    /// <summary>Waits for the next line.</summary>
    /// <returns>False: it was the one to end.</returns>
    public bool Take() => _lines.Take() != End;

    /// <summary>Waits for the line behind the one to end.</summary>
    public void TakeLast()
    {
        while (!Take())
        {
            // the one to end, which has been obeyed
        }
    }

    private void Listen()
    {
        while (Console.ReadLine() is { } line)
        {
            if (line == End)
                Volatile.Write(ref _isEnding, true);
            _lines.Add(line);
        }

        Process.GetCurrentProcess().Kill();
    }
}
