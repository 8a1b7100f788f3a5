namespace Forebay.Tests.Model;

/// <summary>The registry of asynchronous waits with one thing taken away.</summary>
public enum AsyncWaitersMutation
{
    /// <summary>As in the code.</summary>
    None,

    /// <summary>A waker takes the list under the gate and walks it outside.</summary>
    WalkOutsideTheGate,

    /// <summary>A wait that has ended leaves its waiter in the list.</summary>
    NoRemove,

    /// <summary>The next wait begins while a cancellation of the last may still be on its way.</summary>
    CancellationNotWaitedOut,

    /// <summary>The state is not read again after the waiter has been added.</summary>
    NoReRead,
}
