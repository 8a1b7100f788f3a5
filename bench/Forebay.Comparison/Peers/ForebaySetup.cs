using Forebay.Comparison.Running;
using Forebay.Interop.IoUring;
using Forebay.Methods;
using Forebay.PostgreSql.Pages;

namespace Forebay.Comparison.Peers;

/// <summary>How an instance is opened for a run.</summary>
internal sealed record ForebaySetup
{
    public const long PoolBytes = 256L << 20;

    public IoMethod Method { get; init; } = IoMethod.IoUring;

    public IoMode Mode { get; init; } = IoMode.Direct;

    /// <summary>Operations that a stream keeps in flight; null = the library's default.</summary>
    public int? Depth { get; init; }

    public bool Checksums { get; init; } = true;

    public int Sessions { get; init; } = 1;

    /// <summary>A kernel in front of the real one, that counts.</summary>
    public IRingKernel? Kernel { get; init; }

    /// <summary>A method in place of the real one.</summary>
    public Func<IoMethodHost, IIoMethod>? Slow { get; init; }

    public ForebayInstance Open(DataFile file)
    {
        ForebayOptions defaults = new();
        return ForebayInstance.Open(Path.GetDirectoryName(Path.GetFullPath(file.Path))!, new ForebayOptions
        {
            IoMethod = Slow is null ? Method : IoMethod.Custom,
            IoMode = Mode,
            ReadOnly = true,
            BufferPoolBytes = PoolBytes,
            EffectiveIoConcurrency = Depth ?? defaults.EffectiveIoConcurrency,
            IoMaxConcurrency = Depth is { } depth ? Math.Min(1024, depth + 8) : defaults.IoMaxConcurrency,
            PageCheck = Checksums ? PostgreSqlPageCheck.ChecksumOnly : null,
            RingKernel = Kernel ?? RingKernel.Instance,
            CreateMethod = Slow,
        });
    }

    /// <summary>Method and what differs from the usual, for a contender's name.</summary>
    public string Describe() => string.Join(", ", new[]
    {
        $"Forebay {(Slow is null ? ForebayNames.Of(Method) : "slow device")}",
        Depth is { } depth ? $"depth {depth}" : "default settings",
        Checksums ? "checksums" : "no checksums",
        Mode == IoMode.Uncached ? "uncached" : string.Empty,
    }.Where(part => part.Length > 0));
}
