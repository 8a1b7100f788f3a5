namespace Forebay.Streams;

/// <summary>The instance's settings that streams use where their options say nothing.</summary>
/// <param name="Concurrency">Operations that a stream keeps in flight (<c>effective_io_concurrency</c>).</param>
/// <param name="MaintenanceConcurrency">The same for maintenance (<c>maintenance_io_concurrency</c>).</param>
/// <param name="CombineLimit">Most pages of one operation (<c>io_combine_limit</c>).</param>
/// <param name="VacuumRingBytes">Size of a maintenance ring (<c>vacuum_buffer_usage_limit</c>); 0 = none.</param>
/// <param name="ZeroOnError">Whether damaged pages become zeros (<c>zero_damaged_pages</c>).</param>
/// <param name="IgnoreChecksumFailure">Whether checksum failures are ignored (<c>ignore_checksum_failure</c>).</param>
internal sealed record ReadStreamDefaults(
    int Concurrency = 16,
    int MaintenanceConcurrency = 16,
    int CombineLimit = 16,
    int VacuumRingBytes = 2 << 20,
    bool ZeroOnError = false,
    bool IgnoreChecksumFailure = false);
