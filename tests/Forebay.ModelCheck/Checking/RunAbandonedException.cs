namespace Forebay.ModelCheck.Checking;

/// <summary>Ends a thread of a run that goes no further.</summary>
internal sealed class RunAbandonedException : Exception;
