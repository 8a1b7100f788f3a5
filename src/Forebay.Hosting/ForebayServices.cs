using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Forebay.Hosting;

/// <summary>
/// Puts one instance into a host: <see cref="ForebayInstance"/> as a singleton, opened when the host starts, flushed
/// when all services have stopped, disposed with the container; a <see cref="ForebaySession"/> for each scope; notices
/// in the log. See docs/hosting.md.
/// </summary>
public static class ForebayServices
{
    /// <summary>Name of the health check unless another is given.</summary>
    public const string HealthCheckName = "forebay";

    /// <summary>Adds an instance whose settings are told by code.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets them; the data directory at least.</param>
    public static IServiceCollection AddForebay(
        this IServiceCollection services, Action<ForebayHostOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<ForebayHostOptions>().Configure(configure).ValidateOnStart();
        return services.AddInstance();
    }

    /// <summary>
    /// Adds an instance whose settings are in a section of the configuration. A key that is none is refused when the
    /// host starts, as is a value that cannot be.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="section">The section; its keys are the properties of <see cref="ForebayHostOptions"/>.</param>
    /// <param name="configure">Changes what the section says; null = nothing.</param>
    public static IServiceCollection AddForebay(
        this IServiceCollection services, IConfiguration section, Action<ForebayHostOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        services.AddOptions<ForebayHostOptions>()
            .Configure(options => section.Bind(options, static binder => binder.ErrorOnUnknownConfiguration = true))
            .Configure(options => configure?.Invoke(options))
            .ValidateOnStart();
        return services.AddInstance();
    }

    /// <summary>
    /// Adds the check of the host's instance: unhealthy if it has stopped, degraded if operations are stuck or belong
    /// to processes that are dead.
    /// </summary>
    /// <param name="checks">The host's health checks.</param>
    /// <param name="name">Name of the check.</param>
    /// <param name="tags">Its tags; null = none.</param>
    public static IHealthChecksBuilder AddForebay(
        this IHealthChecksBuilder checks, string name = HealthCheckName, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(checks);
        return checks.Add(new HealthCheckRegistration(
            name,
            static services => new ForebayHealthCheck(services.GetRequiredService<ForebayInstance>()),
            failureStatus: null,
            tags));
    }

    private static IServiceCollection AddInstance(this IServiceCollection services)
    {
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<ForebayHostOptions>, ForebayHostValidator>());
        services.TryAddSingleton(Open);
        services.TryAddScoped(static scope => scope.GetRequiredService<ForebayInstance>().OpenSession());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ForebayLife>());
        return services;
    }

    private static ForebayInstance Open(IServiceProvider services)
    {
        ForebayHostOptions host = services.GetRequiredService<IOptions<ForebayHostOptions>>().Value;
        ILoggerFactory loggers = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        ILogger logger = loggers.CreateLogger(NoticeLog.Category);
        ForebayOptions options = host.ToOptions();
        return ForebayInstance.Open(host.DataDirectory, new ForebayOptions(options)
        {
            OnNotice = notice =>
            {
                NoticeLog.Write(logger, notice);
                options.OnNotice?.Invoke(notice);
            },
        });
    }
}
