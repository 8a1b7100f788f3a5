namespace Forebay.Telemetry;

/// <summary>
/// Something an operator should hear of that is no exception to anybody: a repaired leak, a zeroed page.
/// </summary>
/// <param name="Kind">Stable name, for filters.</param>
/// <param name="Message">A sentence for people, naming file and block where there are any.</param>
/// <param name="Cause">The exception that was averted, if any.</param>
public sealed record Notice(string Kind, string Message, Exception? Cause = null);
