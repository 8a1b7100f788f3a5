using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Forebay.Hosting;

/// <summary>
/// Opens the instance before any service starts, so that one that cannot be opened ends the start, and writes its dirty
/// pages after all services have stopped. The container disposes it.
/// </summary>
internal sealed class ForebayLife(
    IServiceProvider services, IOptions<ForebayHostOptions> options, ILoggerFactory loggers) : IHostedLifecycleService
{
    private readonly ILogger _logger = loggers.CreateLogger(NoticeLog.Category);
    private ForebayInstance? _instance;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _instance = services.GetRequiredService<ForebayInstance>();
        NoticeLog.Opened(_logger, _instance.DataDirectory, ForebayNames.Of(_instance.Method.Effective),
            _instance.PoolPages, _instance.Method.Reason);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (_instance is not { } instance || !options.Value.FlushAtShutdown || instance.Options.ReadOnly)
            return;
        try
        {
            await using ForebaySession session = instance.OpenSession();
            int pages = await session.FlushAllAsync(cancellationToken).ConfigureAwait(false);
            NoticeLog.Flushed(_logger, pages);
        }
        catch (Exception failure)
        {
            NoticeLog.FlushFailed(_logger, failure);
            throw; // the host tells of it: what was not written is lost
        }
    }
}
