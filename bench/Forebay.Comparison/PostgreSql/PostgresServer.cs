using System.Diagnostics;
using System.Globalization;
using System.Text;
using Forebay.Comparison.Running;

namespace Forebay.Comparison.PostgreSql;

/// <summary>A running server and one connection to it through psql.</summary>
internal sealed class PostgresServer : IDisposable
{
    private const string Done = "-- done --";
    private const string Ready = "ready to accept connections";

    private readonly Process _server;
    private readonly Process _client;
    private readonly StringBuilder _log = new();

    public PostgresServer(
        PostgresBinaries binaries, string dataDirectory, string socketFolder, IEnumerable<string> settings)
    {
        List<string> arguments = ["-D", dataDirectory, "-k", socketFolder, "-h", string.Empty];
        foreach (string setting in (IEnumerable<string>)[
            "shared_buffers=256MB", "max_parallel_workers_per_gather=0", "autovacuum=off", "logging_collector=off",
            "max_connections=20", .. settings])
        {
            arguments.AddRange(["-c", setting]);
        }

        (string program, IEnumerable<string> all) = ServerUser.Command(binaries.Program("postgres"), arguments);
        _server = Process.Start(new ProcessStartInfo(program, all)
        {
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        }) ?? throw new InvalidOperationException("PostgreSQL did not start.");
        UntilReady();
        _client = Process.Start(new ProcessStartInfo(
            "psql",
            ["-h", socketFolder, "-U", "bench", "-d", "postgres", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("psql did not start.");
    }

    /// <summary>Runs the statement; what it returns, a line per row.</summary>
    public string Query(string statement)
    {
        _client.StandardInput.Write($"{statement}\n\\echo '{Done}'\n");
        _client.StandardInput.Flush();
        StringBuilder rows = new();
        while (_client.StandardOutput.ReadLine() is { } line)
        {
            if (line == Done)
                return rows.ToString();
            rows.Append(line).Append('\n');
        }

        lock (_log)
            throw new InvalidOperationException($"The query failed: {statement}\n{_log}");
    }

    /// <summary>CPU seconds of all processes of the server that are alive.</summary>
    public double CpuSeconds
    {
        get
        {
            double nanoseconds = OnCpu(_server.Id);
            foreach (string folder in Directory.EnumerateDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                    && Parent(id) == _server.Id)
                {
                    nanoseconds += OnCpu(id);
                }
            }

            return nanoseconds / 1e9;
        }
    }

    public void Dispose()
    {
        _client.StandardInput.Close();
        _client.WaitForExit();
        Programs.Run("kill", ["-INT", _server.Id.ToString(CultureInfo.InvariantCulture)]);
        _server.WaitForExit();
        _client.Dispose();
        _server.Dispose();
    }

    private void UntilReady()
    {
        using ManualResetEventSlim ready = new();
        _server.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
                _log.Append(line.Data).Append('\n');
            if (line.Data is null || line.Data.Contains(Ready, StringComparison.Ordinal))
                ready.Set();
        };
        _server.BeginErrorReadLine();
        ready.Wait();
        lock (_log)
        {
            if (!_log.ToString().Contains(Ready, StringComparison.Ordinal))
                throw new InvalidOperationException($"PostgreSQL did not start:\n{_log}");
        }
    }

    private static double OnCpu(int process) => Read($"/proc/{process}/schedstat") is { Length: > 0 } text
        ? double.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture)
        : 0;

    private static int Parent(int process)
    {
        string text = Read($"/proc/{process}/stat");
        int end = text.LastIndexOf(')');
        return end < 0 ? 0 : int.Parse(text[(end + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return string.Empty; // it has ended meanwhile
        }
    }
}
