namespace Forebay;

/// <summary>How I/O is executed (setting <c>io_method</c>).</summary>
public enum IoMethod
{
    /// <summary>
    /// A pool of threads that sizes itself executes it by blocking calls. The default; works everywhere.
    /// </summary>
    Worker = 0,

    /// <summary>At once, in the thread that starts (or waits for) it.</summary>
    Sync = 1,

    /// <summary>
    /// The kernel executes it (Linux io_uring). Opening fails, with the cause, where that is refused.
    /// </summary>
    IoUring = 2,

    /// <summary>The best that is permitted here: io_uring, else workers, and the instance says why.</summary>
    Auto = 3,

    /// <summary>A method that the program brings, see <see cref="ForebayOptions.CreateMethod"/>.</summary>
    Custom = 4,
}
