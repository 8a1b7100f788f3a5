namespace Shared;

/// <summary>Threads of a test, and waiting for what they bring about; a limit turns a hang into a failure.</summary>
internal static class Background
{
    /// <summary>Far more than anything here takes: it only ends what would hang.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Runs an action on a thread of its own.</summary>
    public static Task Run(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Runs a function on a thread of its own.</summary>
    public static Task<T> Run<T>(Func<T> function) =>
        Task.Factory.StartNew(function, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Waits for a task, with the limit and the task's own exception.</summary>
    public static void Join(Task task) => task.WaitAsync(Limit).GetAwaiter().GetResult();

    /// <summary>Waits for a task, with the limit and the task's own exception.</summary>
    public static T Join<T>(Task<T> task) => task.WaitAsync(Limit).GetAwaiter().GetResult();

    /// <summary>Waits until a state can be observed.</summary>
    public static void Until(Func<bool> condition, string what) =>
        Assert.True(SpinWait.SpinUntil(condition, Limit), $"did not come about: {what}");
}
