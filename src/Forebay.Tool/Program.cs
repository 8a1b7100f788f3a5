using System.Runtime.InteropServices;
using Forebay.Tool;
using Forebay.Tool.Output;

// The first signal asks the command to stop and clean up; a second one ends the process at once.
using CancellationTokenSource interruption = new();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
using PosixSignalRegistration hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Interrupt);

return ToolApp.Run(args, ToolTerminal.OfProcess(), interruption.Token);

void Interrupt(PosixSignalContext context)
{
    if (interruption.IsCancellationRequested)
        return;
    context.Cancel = true;
    interruption.Cancel();
}
