namespace Forebay.Storage;

/// <summary>A test's hand between storage and the kernel; production code passes none.</summary>
internal interface IStorageFaults
{
    /// <summary>A call has been made.</summary>
    /// <param name="call">Which.</param>
    /// <param name="path">The file as people know it.</param>
    /// <param name="result">What the kernel returned: a value or -errno.</param>
    /// <returns>What storage is to believe.</returns>
    int After(StorageCall call, string path, int result);
}
