using System.Text;
using Forebay.Handles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Shared;

namespace Forebay.Tests.Hosting;

/// <summary>What the health check says of an instance that is well, stuck, stopped, gone.</summary>
public sealed class HealthTests
{
    private const int StateAt = 12;
    private const int ReasonAt = 24 + (32 * 8) + 4096 + 256 + 256;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Check_OperationStuck_IsDegradedAndNamesIt()
    {
        using HostedInstance hosted = new(new() { ["StuckIoThreshold"] = "00:00:00.001" });
        await hosted.Host.StartAsync(Token);
        Assert.Equal(HealthStatus.Healthy, Look(hosted).Status);
        using ManualResetEventSlim gate = new();
        hosted.Holds[HoldPoint.BeforeExecute] = (in IoHandleView _, ref int _) => gate.Wait(Background.Limit);
        ForebayInstance instance = hosted.Instance;
        Task reading = Background.Run(() =>
        {
            using ForebaySession session = instance.OpenSession();
            session.Read(instance.Relation(HostedInstance.Locator).Main, 3).Dispose();
        });
        try
        {
            Background.Until(() => Look(hosted).Status == HealthStatus.Degraded, "it is degraded");
            HealthReportEntry entry = Look(hosted);
            Assert.StartsWith("1 operations are stuck", entry.Description, StringComparison.Ordinal);
            Assert.Contains("base/5/16384", entry.Description, StringComparison.Ordinal);
            Assert.Equal([1, 1, 0],
                ((string[])["stuck", "processes", "dead_processes_with_io"]).Select(name => (int)entry.Data[name]));
        }
        finally
        {
            gate.Set();
            Background.Join(reading);
        }

        Assert.Equal(HealthStatus.Healthy, Look(hosted).Status);
    }

    [Fact]
    public async Task Check_InstanceStopped_IsUnhealthyAndSaysWhy()
    {
        using SharedFolder folder = new();
        using HostedInstance hosted = new(new() { ["ShareName"] = "hosted", ["ShareDirectory"] = folder.Path });
        await hosted.Host.StartAsync(Token);
        using (FileStream segment = new(folder.Segment("hosted"), FileMode.Open, FileAccess.ReadWrite,
            FileShare.ReadWrite, 0))
        {
            segment.Position = ReasonAt;
            segment.Write(Encoding.UTF8.GetBytes("block 7 may be torn.\0"));
            segment.Position = StateAt;
            segment.Write(BitConverter.GetBytes((int)Forebay.Processes.SegmentState.Stopped));
        }

        HealthReportEntry entry = Look(hosted);

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal("The instance has stopped: block 7 may be torn.", entry.Description);
        Assert.Equal("block 7 may be torn.", hosted.Instance.StopReason);
        await Assert.ThrowsAsync<Forebay.Processes.InstanceStoppedException>(() => hosted.Host.StopAsync(Token));
        Assert.Contains(hosted.Log.Lines, line => (line.Id.Id, line.Id.Name) == (3, "FlushFailed"));
    }

    [Fact]
    public async Task Check_InstanceDisposed_IsUnhealthy()
    {
        using HostedInstance hosted = new();
        await hosted.Host.StartAsync(Token);
        Assert.Null(hosted.Instance.StopReason);
        hosted.Instance.Dispose();
        Assert.Equal((HealthStatus.Unhealthy, "The instance is disposed."),
            (Look(hosted).Status, Look(hosted).Description));
    }

    private static HealthReportEntry Look(HostedInstance hosted) => hosted.Host.Services
        .GetRequiredService<HealthCheckService>().CheckHealthAsync(Token).GetAwaiter().GetResult().Entries["forebay"];
}
