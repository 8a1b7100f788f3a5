namespace Forebay;

/// <summary>The I/O method that was asked for cannot be used here.</summary>
public sealed class IoMethodException : Exception
{
    internal IoMethodException(IoMethod method, string cause, string hint)
        : base($"io_method = {ForebayNames.Of(method)} cannot be used: {cause} {hint}")
    {
        Method = method;
        Cause = cause;
        Hint = hint;
    }

    /// <summary>The method that was asked for.</summary>
    public IoMethod Method { get; }

    /// <summary>What refuses it.</summary>
    public string Cause { get; }

    /// <summary>How to permit it.</summary>
    public string Hint { get; }
}
