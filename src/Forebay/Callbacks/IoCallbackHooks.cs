namespace Forebay.Callbacks;

/// <summary>Which of the four hooks a callback has; the others are never called.</summary>
[Flags]
public enum IoCallbackHooks
{
    /// <summary>None; such a callback cannot be registered on a handle.</summary>
    None = 0,

    /// <summary>Runs in the issuer when the operation is staged.</summary>
    Stage = 1,

    /// <summary>Runs in whichever thread brings the raw result.</summary>
    CompleteShared = 2,

    /// <summary>Runs in the issuer when it reclaims the handle.</summary>
    CompleteLocal = 4,

    /// <summary>Turns a result into an exception, at the issuer.</summary>
    Report = 8,
}
