using System.Globalization;
using Forebay.Tool.Output;
using Forebay.Tool.Parsing;

namespace Forebay.Tool.Benchmarks;

/// <summary>
/// The folder of one benchmark: always a new one, so that nothing that was there before is ever touched. What was made
/// is removed again, unless it shall be kept.
/// </summary>
internal sealed class BenchFolder : IDisposable
{
    /// <summary>Where folders are made if nothing was said.</summary>
    public const string DefaultName = "forebay-bench-data";

    private const int AttemptsMax = 10_000;

    private readonly bool _keep;
    private readonly List<string> _made = [];

    private BenchFolder(string path, bool keep)
    {
        Path = path;
        _keep = keep;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Makes the folder.</summary>
    /// <param name="data">Folder to make it in, itself made if need be; null = <see cref="DefaultName"/>.</param>
    /// <param name="sizeBytes">What will be written into it.</param>
    /// <param name="keep">Whether it stays.</param>
    /// <exception cref="CommandException">It cannot be made, or there is no room.</exception>
    public static BenchFolder Create(string? data, long sizeBytes, bool keep)
    {
        string parent = System.IO.Path.GetFullPath(data ?? DefaultName);
        List<string> made = MakeParents(parent);
        try
        {
            CheckRoom(parent, sizeBytes);
            BenchFolder folder = new(MakeOwn(parent), keep);
            folder._made.AddRange(made);
            return folder;
        }
        catch
        {
            RemoveEmpty(made);
            throw;
        }
    }

    /// <summary>The message for a device that is full.</summary>
    public static CommandException Full(string path, long sizeBytes, Exception? cause = null)
    {
        string free = TryGetFree(path, out long bytes) ? $"{Sizes.Format(bytes)} is free" : "there is less";
        return new CommandException(
            $"The relation needs {Sizes.Format(sizeBytes)} in '{path}', where {free}. Take a smaller --size, or "
            + "another folder with --data.", cause);
    }

    /// <summary>Removes what was made.</summary>
    public void Dispose()
    {
        if (_keep)
            return;
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody was faster.
        }

        RemoveEmpty(_made);
    }

    // The folders that were made, the outermost first.
    private static List<string> MakeParents(string parent)
    {
        List<string> missing = [];
        for (string? folder = parent; folder is not null && !Directory.Exists(folder);
            folder = System.IO.Path.GetDirectoryName(folder))
            missing.Insert(0, folder);
        try
        {
            Directory.CreateDirectory(parent);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The folder '{parent}' cannot be made: {failure.Message}", failure);
        }

        return missing;
    }

    private static string MakeOwn(string parent)
    {
        for (int number = 1; number <= AttemptsMax; number++)
        {
            string path = System.IO.Path.Combine(parent,
                string.Create(CultureInfo.InvariantCulture, $"bench-{Environment.ProcessId}-{number}"));
            if (Directory.Exists(path))
                continue;
            try
            {
                Directory.CreateDirectory(path);
                return path;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new CommandException($"No folder can be made in '{parent}': {failure.Message}", failure);
            }
        }

        throw new CommandException($"'{parent}' is full of folders of earlier benchmarks.");
    }

    private static void CheckRoom(string folder, long sizeBytes)
    {
        if (TryGetFree(folder, out long free) && free < sizeBytes)
            throw Full(folder, sizeBytes);
    }

    private static bool TryGetFree(string folder, out long bytes)
    {
        try
        {
            bytes = new DriveInfo(folder).AvailableFreeSpace;
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            bytes = 0;
            return false;
        }
    }

    private static void RemoveEmpty(List<string> made)
    {
        for (int i = made.Count - 1; i >= 0; i--)
        {
            try
            {
                Directory.Delete(made[i]);
            }
            catch (IOException)
            {
                return; // not empty: somebody else uses it by now
            }
        }
    }
}
