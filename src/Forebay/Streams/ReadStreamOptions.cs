using Forebay.Buffers;

namespace Forebay.Streams;

/// <summary>How a stream reads. What is not set is the instance's.</summary>
public sealed record ReadStreamOptions
{
    /// <summary>Most operations that one stream keeps in flight.</summary>
    public const int ConcurrencyMax = 1000;

    /// <summary>Most pages of one operation.</summary>
    public const int CombineMax = 128;

    /// <summary>All as the instance has it.</summary>
    public static ReadStreamOptions Default { get; } = new();

    /// <summary>What the stream may know of its work.</summary>
    public ReadStreamFlags Flags { get; init; }

    /// <summary>How it uses the pool. Temporary relations always use all of theirs.</summary>
    public AccessStrategy Strategy { get; init; }

    /// <summary>
    /// Id of the page check; 0 = none, null = the instance's, which has id 1. An id that no check has is refused when
    /// the stream is opened.
    /// </summary>
    public byte? PageCheck { get; init; }

    /// <summary>Whether pages that fail their check become pages of zeros, with a notice.</summary>
    public bool? ZeroOnError { get; init; }

    /// <summary>Whether pages whose checksum alone fails are accepted, with a notice.</summary>
    public bool? IgnoreChecksumFailure { get; init; }

    /// <summary>
    /// Operations in flight, 0 to 1,000, instead of <c>effective_io_concurrency</c> or
    /// <c>maintenance_io_concurrency</c>. 0 = each is executed when it is started, by the thread that starts it.
    /// </summary>
    public int? Concurrency { get; init; }

    /// <summary>
    /// Most pages of one operation, 1 to 128, instead of <c>io_combine_limit</c>; never more than that.
    /// </summary>
    public int? CombineLimit { get; init; }

    internal void Validate()
    {
        const ReadStreamFlags All = ReadStreamFlags.Maintenance | ReadStreamFlags.Sequential | ReadStreamFlags.Full
            | ReadStreamFlags.UseBatching;
        if ((Flags & ~All) != 0)
            throw new ArgumentException($"Unknown stream flags {Flags & ~All}.");
        if (!Enum.IsDefined(Strategy))
            throw new ArgumentException($"Unknown access strategy {Strategy}.");
        if (Concurrency is < 0 or > ConcurrencyMax)
            throw new ArgumentException($"A stream's concurrency is 0 to {ConcurrencyMax}, not {Concurrency}.");
        if (CombineLimit is < 1 or > CombineMax)
            throw new ArgumentException($"A stream's combine limit is 1 to {CombineMax}, not {CombineLimit}.");
    }
}
