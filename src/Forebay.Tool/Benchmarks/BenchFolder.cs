using System.Globalization;
using Forebay.Storage;
using Forebay.Tool.Output;
using Forebay.Tool.Parsing;

namespace Forebay.Tool.Benchmarks;

/// <summary>
/// Where one benchmark makes its relation: a new folder always, so that nothing that was there before is ever touched.
/// It is a data directory of its own, or, in that of a shared instance, the folder of a database that nobody else has.
/// What was made is removed again, unless it shall be kept.
/// </summary>
internal sealed class BenchFolder : IDisposable
{
    /// <summary>Where folders are made if nothing was said.</summary>
    public const string DefaultName = "forebay-bench-data";

    private const int AttemptsMax = 10_000;

    // Far above what a server has given to anything when it is young, and room for every process's number.
    private const uint FirstDatabase = 4_000_000_000;
    private const uint OwnDatabase = 1;
    private const uint Relation = 16384;

    private readonly bool _keep;
    private readonly List<string> _made = [];

    private BenchFolder(string path, string isNew, uint database, bool keep)
    {
        Path = path;
        New = isNew;
        Locator = new RelationLocator(RelationLocator.DefaultTablespace, database, Relation);
        _keep = keep;
    }

    /// <summary>The data directory.</summary>
    public string Path { get; }

    /// <summary>What is new of it.</summary>
    public string New { get; }

    /// <summary>Blocks per segment file.</summary>
    public int SegmentBlocks { get; private init; } = BenchRelation.SegmentBlocks;

    /// <summary>The relation that is to be made in it.</summary>
    public RelationLocator Locator { get; }

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
            string path = MakeOwn(parent);
            BenchFolder folder = new(path, path, OwnDatabase, keep);
            folder._made.AddRange(made);
            return folder;
        }
        catch
        {
            RemoveEmpty(made);
            throw;
        }
    }

    /// <summary>Makes the folder of a database in a data directory that others use.</summary>
    /// <param name="instance">Whose data directory.</param>
    /// <param name="sizeBytes">What will be written into it.</param>
    /// <param name="keep">Whether it stays.</param>
    /// <exception cref="CommandException">It cannot be made, or there is no room.</exception>
    public static BenchFolder CreateIn(ForebayInstance instance, long sizeBytes, bool keep)
    {
        string dataDirectory = instance.DataDirectory;
        CheckRoom(dataDirectory, sizeBytes);
        string parent = System.IO.Path.Combine(dataDirectory, "base");
        List<string> made = MakeParents(parent);
        try
        {
            uint database = MakeDatabase(parent);
            BenchFolder folder = new(dataDirectory, DatabaseFolder(parent, database), database, keep)
            {
                SegmentBlocks = instance.Options.SegmentBlocks,
            };
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
            Directory.Delete(New, recursive: true);
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

    // A folder that is made is no claim, two may make it; a file that only one of them can have made is.
    private static uint MakeDatabase(string parent)
    {
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            uint database = FirstDatabase + (uint)Environment.ProcessId + (uint)attempt;
            string folder = DatabaseFolder(parent, database);
            if (Directory.Exists(folder))
                continue;
            string claim = System.IO.Path.Combine(folder, Relation.ToString(CultureInfo.InvariantCulture));
            try
            {
                Directory.CreateDirectory(folder);
                File.Open(claim, FileMode.CreateNew).Dispose();
                return database;
            }
            catch (IOException) when (File.Exists(claim))
            {
                continue;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new CommandException($"No relation can be made in '{parent}': {failure.Message}", failure);
            }
        }

        throw new CommandException($"'{parent}' is full of folders of earlier benchmarks.");
    }

    private static string DatabaseFolder(string parent, uint database) =>
        System.IO.Path.Combine(parent, database.ToString(CultureInfo.InvariantCulture));

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
