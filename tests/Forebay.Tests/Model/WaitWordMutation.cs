namespace Forebay.Tests.Model;

/// <summary>The wait word with one thing taken away.</summary>
public enum WaitWordMutation
{
    /// <summary>As in the code.</summary>
    None,

    /// <summary>The mover's store may still be in its buffer when it counts the waiters.</summary>
    MoveWithoutFence,

    /// <summary>The waiter's announcement may still be in its buffer when it re-reads the state.</summary>
    RegisterWithoutFence,

    /// <summary>The waiter sleeps on what it saw before it announced itself.</summary>
    NoReRead,

    /// <summary>The waiter takes its ticket after the re-reading.</summary>
    TicketAfterReRead,

    /// <summary>The mover wakes without changing the word that sleepers sleep on.</summary>
    WakeWithoutSignal,

    /// <summary>The mover counts the waiters before it moves.</summary>
    CountBeforeMove,

    /// <summary>The mover wakes one of them.</summary>
    WakeOne,
}
