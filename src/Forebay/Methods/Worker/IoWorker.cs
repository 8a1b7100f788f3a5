using System.Diagnostics;

namespace Forebay.Methods.Worker;

/// <summary>
/// One worker: takes an operation, executes it, and so on until the queue is empty; then sleeps until it is picked.
/// The loop allocates nothing and nothing gets out of it.
/// </summary>
internal sealed class IoWorker(int id, WorkerQueue queue, WorkerExecution execution)
{
    /// <summary>The body of the worker's thread; returns when the worker has left.</summary>
    public void Run()
    {
        WakeHistory history = default;
        bool dying = false;
        bool roused = false;
        queue.Register(id);
        while (true)
        {
            WorkerTurn turn = queue.Next(id, dying, history.MayWakeOthers);
            dying = false; // said once
            switch (turn.Kind)
            {
                case WorkerTurnKind.Execute:
                    roused = false;
                    history.CountOperation();
                    dying = !execution.TryExecute(turn.Value);
                    queue.Finish(id);
                    break;
                case WorkerTurnKind.Sleep:
                    if (roused)
                        queue.CountSpurious(id);
                    queue.Sleep(id, turn.Value);
                    history.CountWakeUp();
                    roused = true;
                    break;
                case WorkerTurnKind.Leave:
                    return;
                default:
                    throw new UnreachableException();
            }
        }
    }
}
