namespace Forebay.Comparison.PostgreSql;

/// <summary>
/// What a full build of PostgreSQL 18.4, with io_uring, reached on the reference machine on another day (2 cores, ext4
/// on virtio): ratios to the fio of the same minute, each ± 0.15 to 0.2. The npm package has no io_uring, so they are
/// quoted, not measured.
/// </summary>
internal static class BaselineNotes
{
    public const double BestCpuSecondsPerGigabyte = 0.48;
    public const double BestBitmapDefault = 0.69;

    public const string CountDirect =
        "A full build's count(*) over fio, quoted: sync 0.53, worker 0.68, io_uring 0.86; its least CPU 0.48 s/GB.";

    public const string CountBuffered =
        "A full build's count(*) over fio, quoted: sync 0.87, worker 0.98, io_uring 0.90.";

    public const string Bitmap =
        "A full build over fio, quoted: at default settings sync 0.33, worker 0.58, io_uring 0.69; at concurrency 64 "
        + "0.32, 0.54, 0.81.";
}
