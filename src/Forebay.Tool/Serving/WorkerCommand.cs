using System.CommandLine;
using Forebay.Tool.Output;
using Forebay.Tool.Parsing;

namespace Forebay.Tool.Serving;

/// <summary><c>forebay worker</c>: a process that executes what others have queued.</summary>
internal static class WorkerCommand
{
    /// <summary>The command.</summary>
    /// <param name="terminal">Where it writes.</param>
    /// <param name="interruption">Ends it.</param>
    public static Command Create(ToolTerminal terminal, CancellationToken interruption)
    {
        Option<string?> name = SharingOptions.Name("--attach", "Name of the instance.");
        name.Required = true;
        Option<string?> folder = SharingOptions.Folder();
        ToolOption<int> workers = ToolOptions.Number("--workers", "Workers of this process.", 2, 1, 32);
        Command command = new("worker", "Execute the queued I/O of a shared instance (io_method = worker) until "
            + "interrupted, or until nobody else is attached to it.")
        {
            name, folder, workers,
        };
        command.SetAction(parsed => ToolConsole.Run(terminal, json: false, console =>
        {
            Sharing sharing = SharingOptions.Named(parsed.GetValue(name)!, parsed.GetValue(folder));
            return Run(console, sharing, workers.Of(parsed), interruption);
        }));
        return command;
    }

    private static int Run(
        ToolConsole console, Sharing sharing, int workers, CancellationToken interruption)
    {
        SharedInstance found = SharedInstance.Find(sharing);
        if (found.IoMethod != IoMethod.Worker)
        {
            throw new CommandException($"The instance '{found.Name}' uses io_method = "
                + $"{ForebayNames.Of(found.IoMethod)}: it queues nothing for workers.");
        }

        using ForebayInstance instance = ForebayInstance.Attach(sharing, new ForebayOptions
        {
            PageCheck = SharingOptions.Check(found.PageCheck),
            IoMinWorkers = workers,
            IoMaxWorkers = workers,
            OnNotice = notice => console.Complain($"forebay: {notice.Message}"),
        });
        console.Say($"working for {found.Name}: {workers} workers, process {Environment.ProcessId}");
        HeldInstance.WaitUntil(instance, () => instance.AttachedProcesses <= 1, interruption);
        if (!interruption.IsCancellationRequested)
            console.Say($"nobody else is attached to {found.Name} any more");
        return ExitCodes.Fine;
    }
}
