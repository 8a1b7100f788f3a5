using Forebay.Diagnostics;

namespace Forebay;

/// <summary>What goes on inside, for people and monitors. Any thread; nobody who does I/O is slowed down.</summary>
public sealed partial class ForebayInstance
{
    private readonly ViewGate _views = new();
    private readonly InFlightView _inFlight;

    /// <summary>
    /// The I/O handles in use. Each row was true at one instant; all of them together are not one instant, and what
    /// moves on faster than it can be copied is left out.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The instance is disposed.</exception>
    public IReadOnlyList<InFlightOperation> GetInFlight() => _views.Look(_inFlight.Take);
}
