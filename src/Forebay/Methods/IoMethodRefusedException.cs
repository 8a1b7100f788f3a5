namespace Forebay.Methods;

/// <summary>
/// The I/O method that was asked for by name is not possible here. Says what forbids it and how to permit it; the
/// setting <c>auto</c> goes on with another method instead.
/// </summary>
public sealed class IoMethodRefusedException : Exception
{
    /// <summary>A refusal of the method.</summary>
    /// <param name="method">The setting's word for the method.</param>
    /// <param name="reason">What forbids it, as a sentence.</param>
    /// <param name="hint">How to permit it, as a sentence.</param>
    public IoMethodRefusedException(string method, string reason, string hint)
        : base($"io_method={method} is not possible here. {reason} {hint}")
    {
        Method = method;
        Reason = reason;
        Hint = hint;
    }

    /// <summary>The setting's word for the method.</summary>
    public string Method { get; }

    /// <summary>What forbids it, as a sentence.</summary>
    public string Reason { get; }

    /// <summary>How to permit it, as a sentence.</summary>
    public string Hint { get; }
}
