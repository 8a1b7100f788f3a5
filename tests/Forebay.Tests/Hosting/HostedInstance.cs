using Forebay.Hosting;
using Forebay.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Forebay.Tests.Hosting;

/// <summary>A host over a relation of a few pages, and what it logs.</summary>
internal sealed class HostedInstance : IDisposable
{
    public const int BlockBytes = 8192;

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("forebay-hosting-");

    /// <param name="settings">Keys of the section, beside the data directory.</param>
    /// <param name="build">More services; null = none.</param>
    public HostedInstance(Dictionary<string, string?>? settings = null, Action<IServiceCollection>? build = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(RelationFile)!);
        File.WriteAllBytes(RelationFile, new byte[8 * BlockBytes]);
        HostApplicationBuilder builder =
            Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        Dictionary<string, string?> section = new()
        {
            ["DataDirectory"] = _data.FullName, ["BufferPoolBytes"] = "1048576", ["IoMethod"] = "Worker",
        };
        foreach ((string key, string? value) in settings ?? [])
            section[key] = value;
        builder.Configuration.AddInMemoryCollection(
            section.Select(pair => KeyValuePair.Create($"Storage:{pair.Key}", pair.Value)));
        builder.Logging.AddProvider(Log);
        builder.Services.AddForebay(builder.Configuration.GetSection("Storage"),
            options => options.Change(found => new ForebayOptions(found) { HoldPoints = Holds }));
        builder.Services.AddHealthChecks().AddForebay();
        build?.Invoke(builder.Services);
        Host = builder.Build();
    }

    public static RelationLocator Locator { get; } = new(1663, 5, 16384);

    public global::Shared.ScriptedHoldPoints Holds { get; } = new();

    public LogCapture Log { get; } = new();

    public IHost Host { get; }

    public ForebayInstance Instance => Host.Services.GetRequiredService<ForebayInstance>();

    public RelationFork Fork => Instance.Relation(Locator).Main;

    public string RelationFile => Path.Combine(_data.FullName, "base", "5", "16384");

    public void Dispose()
    {
        Host.Dispose();
        _data.Delete(recursive: true);
    }
}
