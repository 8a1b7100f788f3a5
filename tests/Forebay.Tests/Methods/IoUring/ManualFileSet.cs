using System.Collections;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>Several manual files, closed together: reads that a failed test left behind then end.</summary>
internal sealed class ManualFileSet(int count) : IReadOnlyList<ManualFile>, IDisposable
{
    private readonly ManualFile[] _files = [.. Enumerable.Range(0, count).Select(static _ => new ManualFile())];

    public int Count => _files.Length;

    public ManualFile this[int index] => _files[index];

    public IEnumerator<ManualFile> GetEnumerator() => _files.AsEnumerable().GetEnumerator();

    public void Dispose()
    {
        foreach (ManualFile file in _files)
            file.Dispose();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
