using System.Runtime.InteropServices;
using Forebay.Handles;
using Forebay.Targets;
using Microsoft.Win32.SafeHandles;

namespace Forebay.Tests.Methods.Worker;

/// <summary>One temporary file whose blocks carry their number in every word.</summary>
internal sealed class TempFileTarget : IoTarget, IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"forebay-worker-{Guid.NewGuid():N}");
    private readonly SafeFileHandle _file;
    private int _leased;
    private int _released;
    private int _reopened;

    public TempFileTarget(int blocks, int blockBytes)
    {
        byte[] block = new byte[blockBytes];
        using (FileStream stream = File.Create(_path))
        {
            for (int number = 0; number < blocks; number++)
            {
                MemoryMarshal.Cast<byte, int>(block.AsSpan()).Fill(number);
                stream.Write(block);
            }
        }

        _file = File.OpenHandle(_path, FileMode.Open, FileAccess.ReadWrite);
    }

    public override string Name => "temporary file";

    /// <summary>What reopening does: returns zero or -errno, or throws. Null = it opens.</summary>
    public Func<int>? OnReopen { get; set; }

    public int Leased => Volatile.Read(ref _leased);

    public int Released => Volatile.Read(ref _released);

    public int Reopened => Volatile.Read(ref _reopened);

    public string FilePath => _path;

    public FileLease Lease()
    {
        Interlocked.Increment(ref _leased);
        return new FileLease((int)_file.DangerousGetHandle(), 7);
    }

    public override string Describe(in IoTargetData data) => _path;

    public override int Reopen(in IoTargetData data, out FileLease lease)
    {
        Interlocked.Increment(ref _reopened);
        lease = FileLease.None;
        int error = OnReopen?.Invoke() ?? 0;
        if (error == 0)
            lease = Lease();
        return error;
    }

    public override void Release(FileLease lease) => Interlocked.Increment(ref _released);

    public void Dispose()
    {
        _file.Dispose();
        File.Delete(_path);
    }
}
