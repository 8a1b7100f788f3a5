namespace Forebay.Processes;

/// <summary>A shared instance cannot be created, or not be attached to; the message says why.</summary>
public sealed class SharingException : IOException
{
    /// <summary>With its sentence.</summary>
    public SharingException(string message)
        : base(message)
    {
    }

    /// <summary>With its sentence and what led to it.</summary>
    public SharingException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
