using System.CommandLine;
using Forebay.PostgreSql.Pages;
using Forebay.Tool.Output;
using Forebay.Tool.Parsing;

namespace Forebay.Tool.Serving;

/// <summary><c>forebay serve</c>: creates a shared instance and holds it until it is interrupted.</summary>
internal static class ServeCommand
{
    private const long Mebibyte = 1L << 20;

    /// <summary>The command.</summary>
    /// <param name="terminal">Where it writes.</param>
    /// <param name="interruption">Ends it.</param>
    public static Command Create(ToolTerminal terminal, CancellationToken interruption)
    {
        Option<string?> name = SharingOptions.Name("--share", "Name of the instance.");
        name.Required = true;
        Option<string?> data = new("--data") { Description = "Data directory.", HelpName = "DIR", Required = true };
        Option<string?> folder = SharingOptions.Folder();
        ToolOption<long> pool = ToolOptions.Size("--pool", "Size of the buffer pool.", 128 * Mebibyte);
        ToolOption<IoMethod> method = ToolOptions.Method();
        ToolOption<OnOff> direct = ToolOptions.Switch("--io-direct", "Past the page cache (O_DIRECT).", OnOff.Off);
        ToolOption<OnOff> checksum = ToolOptions.Switch(
            "--checksum", "Check each page as PostgreSQL's, with its checksum, as it comes in.", OnOff.Off);
        ToolOption<OnOff> readOnly = ToolOptions.Switch("--read-only", "Refuse whatever would change a file.",
            OnOff.Off);
        ToolOption<int> workers = ToolOptions.Number("--workers", "Workers of this process, at least one.", 2, 1, 32);
        ToolOption<int> sessions = ToolOptions.Number("--max-sessions", "Sessions over all processes.", 128, 1, 8192);
        Command command = new("serve", "Create a shared instance and hold it until interrupted, so that other "
            + "processes can attach to it by its name.")
        {
            name, data, folder, pool, method, direct, checksum, readOnly, workers, sessions,
        };
        command.SetAction(parsed => ToolConsole.Run(terminal, json: false, console =>
        {
            ForebayOptions options = new()
            {
                Sharing = SharingOptions.Named(parsed.GetValue(name)!, parsed.GetValue(folder)),
                BufferPoolBytes = pool.Of(parsed),
                IoMethod = method.Of(parsed),
                IoMode = direct.Of(parsed) == OnOff.On ? IoMode.Direct : IoMode.Buffered,
                PageCheck = checksum.Of(parsed) == OnOff.On ? PostgreSqlPageCheck.HeaderAndChecksum : null,
                ReadOnly = readOnly.Of(parsed) == OnOff.On,
                IoMinWorkers = workers.Of(parsed),
                IoMaxWorkers = workers.Of(parsed),
                MaxSessions = sessions.Of(parsed),
                OnNotice = notice => console.Complain($"forebay: {notice.Message}"),
            };
            return Run(console, parsed.GetValue(data)!, options, interruption);
        }));
        return command;
    }

    private static int Run(
        ToolConsole console, string data, ForebayOptions options, CancellationToken interruption)
    {
        try
        {
            using ForebayInstance instance = ForebayInstance.Open(data, options);
            string name = options.Sharing!.Name;
            console.Say($"{(instance.IsCreator ? "serving" : "attached to")} {name}: {instance.DataDirectory}, pool "
                + $"{Sizes.Format((long)instance.PoolPages * options.BlockBytes)}, "
                + $"{ForebayNames.Of(instance.Method.Effective)}, process {Environment.ProcessId}");
            HeldInstance.WaitUntil(instance, static () => false, interruption);
            if (!options.ReadOnly)
            {
                using ForebaySession session = instance.OpenSession();
                session.FlushAll();
            }

            console.Say($"left {name}");
            return ExitCodes.Fine;
        }
        catch (ArgumentException refusal)
        {
            throw new CommandException(refusal.Message, refusal);
        }
    }
}
