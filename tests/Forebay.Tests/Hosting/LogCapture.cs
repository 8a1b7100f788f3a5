using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Forebay.Tests.Hosting;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogCapture : ILoggerProvider, ILogger
{
    public ConcurrentQueue<(EventId Id, LogLevel Level, string Text)> Lines { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) => Lines.Enqueue((eventId, logLevel, formatter(state, exception)));

    public void Dispose()
    {
    }
}
