namespace Forebay.Tool.Output;

/// <summary>
/// One line at the bottom of a terminal that says how far the command is, written over again and again; nothing at all
/// where stderr is no terminal. Any thread.
/// </summary>
internal sealed class ProgressLine(ToolTerminal terminal, Lock gate)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    private int _shown;

    private Lock Gate => gate;

    /// <summary>Whether anybody can see it.</summary>
    public bool IsVisible => terminal.ErrorWidth is not null;

    /// <summary>Shows a line, and keeps it up to date until the result is disposed; then it is gone for good.</summary>
    /// <param name="text">Makes the line; called at once, and from time to time on another thread.</param>
    /// <returns>What ends it; null where nobody looks.</returns>
    public IDisposable? Follow(Func<string> text)
    {
        if (!IsVisible)
            return null;
        Show(text());
        return new Follower(this, text);
    }

    /// <summary>Shows a line in place of the one before.</summary>
    public void Show(string text)
    {
        lock (gate)
            ShowLocked(text);
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

    private void ShowLocked(string text)
    {
        if (terminal.ErrorWidth is not { } width)
            return;
        string line = text.Length < width ? text : text[..(width - 1)];
        terminal.Error.Write('\r' + line.PadRight(_shown));
        _shown = line.Length;
    }

    // A timer may still be calling when it has been disposed: what it has to say then is not wanted any more.
    private sealed class Follower : IDisposable
    {
        private readonly ProgressLine _line;
        private readonly Func<string> _text;
        private readonly Lock _gate;
        private readonly Timer _timer;
        private bool _ended;

        public Follower(ProgressLine line, Func<string> text)
        {
            (_line, _text, _gate) = (line, text, line.Gate);
            _timer = new Timer(_ => Tick(), null, s_interval, s_interval);
        }

        public void Dispose()
        {
            _timer.Dispose();
            lock (_gate)
            {
                _ended = true;
                _line.ClearLocked();
            }
        }

        private void Tick()
        {
            string text = _text();
            lock (_gate)
            {
                if (!_ended)
                    _line.ShowLocked(text);
            }
        }
    }
}
