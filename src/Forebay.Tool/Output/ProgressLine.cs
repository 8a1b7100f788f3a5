namespace Forebay.Tool.Output;

/// <summary>
/// One line at the bottom of a terminal that says how far the command is, written over again and again; nothing at all
/// where stderr is no terminal. Any thread.
/// </summary>
internal sealed class ProgressLine(ToolTerminal terminal, Lock gate)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    private int _shown;

    /// <summary>Whether anybody can see it.</summary>
    public bool IsVisible => terminal.ErrorWidth is not null;

    /// <summary>Shows a line, and keeps it up to date until the result is disposed.</summary>
    /// <param name="text">Makes the line; called from time to time, on another thread.</param>
    /// <returns>What ends it; null where nobody looks.</returns>
    public IDisposable? Follow(Func<string> text) =>
        IsVisible ? new Timer(_ => Show(text()), null, s_interval, s_interval) : null;

    /// <summary>Shows a line in place of the one before.</summary>
    public void Show(string text)
    {
        if (terminal.ErrorWidth is not { } width)
            return;
        lock (gate)
        {
            string line = text.Length < width ? text : text[..(width - 1)];
            terminal.Error.Write('\r' + line.PadRight(_shown));
            _shown = line.Length;
        }
    }

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        lock (gate)
            ClearLocked();
    }

    /// <summary>Takes the line away; the caller holds the gate of stderr.</summary>
    public void ClearLocked()
    {
        if (_shown == 0)
            return;
        terminal.Error.Write('\r' + new string(' ', _shown) + '\r');
        _shown = 0;
    }
}
