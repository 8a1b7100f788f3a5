using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Forebay.Microbenchmarks.Native;

/// <summary>
/// The same NOPs from a C program: nops.c, built with the machine's C compiler when a benchmark starts, and loaded
/// into this process, so that both run in one series.
/// </summary>
internal sealed unsafe class NativeNops : IDisposable
{
    private const string Compiler = "cc";

    private readonly DirectoryInfo _folder;
    private readonly nint _library;
    private readonly void* _ring;
    private readonly delegate* unmanaged<void*, int, int, long> _run;

    public NativeNops(uint entries, uint completions, uint flags)
    {
        _folder = Directory.CreateTempSubdirectory("forebay-nops-");
        _library = NativeLibrary.Load(Build(_folder.FullName));
        var open = (delegate* unmanaged<uint, uint, uint, void*>)NativeLibrary.GetExport(_library, "nops_open");
        _run = (delegate* unmanaged<void*, int, int, long>)NativeLibrary.GetExport(_library, "nops_run");
        _ring = open(entries, completions, flags);
        if (_ring is null)
            throw new InvalidOperationException("The C program got no ring.");
    }

    /// <summary>Why there is no C program; null = there is one.</summary>
    public static string? Missing =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, Compiler)))
            ? null
            : "no C compiler (cc) on the path: the C program is missing";

    public long Run(int batch, int batches)
    {
        long sum = _run(_ring, batch, batches);
        return sum >= 0 ? sum : throw new InvalidOperationException("The C program lost an operation.");
    }

    public void Dispose()
    {
        ((delegate* unmanaged<void*, void>)NativeLibrary.GetExport(_library, "nops_close"))(_ring);
        NativeLibrary.Free(_library);
        _folder.Delete(recursive: true);
    }

    private static string Build(string folder)
    {
        if (Missing is { } why)
            throw new InvalidOperationException(why);
        string source = Path.Combine(folder, "nops.c");
        string library = Path.Combine(folder, "nops.so");
        using (Stream text = Assembly.GetExecutingAssembly().GetManifestResourceStream("nops.c")!)
        using (FileStream file = File.Create(source))
            text.CopyTo(file);
        using Process process = Process.Start(
            Compiler, ["-O2", "-march=native", "-shared", "-fPIC", "-o", library, source]);
        process.WaitForExit();
        return process.ExitCode == 0
            ? library
            : throw new InvalidOperationException($"{Compiler} failed with exit code {process.ExitCode}.");
    }
}
