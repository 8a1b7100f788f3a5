using System.Runtime.CompilerServices;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Telemetry;

namespace Forebay.Buffers;

/// <summary>
/// Waiting at a page: for its content lock, or until nobody else has it pinned. Both may hang on an operation that is
/// in progress on the page (a write holds the lock and a pin), and operations may need their waiters' help, so that one
/// is waited for as an operation; only then, for other sessions, the waiter sleeps at the page itself.
/// <code>
/// waiter                                          who moves the page
///   tries; looks for an operation                   gives lock or pin back, or claims the page for an operation
///   registers in the page's wait word (fence)       (each a full fence)
///   tries again, looks again; sleeps                then counts the waiters; wakes them if there are any
/// </code>
/// </summary>
internal sealed partial class BufferSession
{
    private readonly AsyncWaiter _pageWaiter = new();
    private bool _isWaitingAtPage;

    /// <summary>Takes the lock, or finds that nobody else has the page pinned (null).</summary>
    private bool TryReach(int frame, ContentLockMode? mode) =>
        mode is { } wanted ? Pool.Descriptors.TryEnterContent(frame, wanted, Claims) : IsAlone(frame);

    private static WaitKind KindOf(ContentLockMode? mode) =>
        mode is null ? WaitKind.PinsOfOthers : WaitKind.ContentLock;

    private bool IsInProgress(int frame) => Pool.Descriptor(frame).Word.InProgress != 0;

    /// <summary>Waits until the lock is taken; null = until nobody else has the page pinned.</summary>
    internal void WaitForPage(int frame, ContentLockMode? mode)
    {
        CheckOneWait();
        try
        {
            while (!TryReach(frame, mode))
            {
                Stop.Check();
                if (Pool.Descriptors.TryGetOperation(Io.Engine, frame, out IoWaitReference operation))
                {
                    Io.Wait(operation);
                    continue;
                }

                Io.SubmitStaged(); // who keeps us out may be waiting for one of them
                Announce(frame, mode);
                ref BufferDescriptor descriptor = ref Pool.Descriptor(frame);
                Io.Activity.BeginWait(KindOf(mode), frame);
                int ticket = descriptor.Wait.Register(); // full fence: the second look stays behind it
                bool reached = TryReach(frame, mode);
                if (!reached && !IsInProgress(frame))
                    descriptor.Wait.Sleep(ticket, Io.Engine.SleepMs);
                descriptor.Wait.Unregister();
                Io.Activity.EndWait();
                if (reached)
                    return;
            }
        }
        catch when (mode == ContentLockMode.Exclusive)
        {
            Pool.Descriptors.WithdrawExclusive(frame); // or newcomers would be kept out for ever
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> LockSlowAsync(BufferPin pin, ContentLockMode mode, CancellationToken cancellationToken)
    {
        await WaitForPageAsync(pin.Frame, mode, cancellationToken).ConfigureAwait(false);
        return _locks.Add(pin, mode);
    }

    /// <summary>As <see cref="WaitForPage"/> without blocking the thread.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask WaitForPageAsync(int frame, ContentLockMode? mode, CancellationToken cancellationToken)
    {
        CheckOneWait();
        _isWaitingAtPage = true;
        try
        {
            while (!TryReach(frame, mode))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Stop.Check();
                if (Pool.Descriptors.TryGetOperation(Io.Engine, frame, out IoWaitReference operation))
                {
                    await Io.WaitAsync(operation, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                Io.SubmitStaged(); // as above
                Announce(frame, mode);
                if (await SleepAtPageAsync(frame, mode, cancellationToken).ConfigureAwait(false))
                    return;
            }
        }
        catch when (mode == ContentLockMode.Exclusive)
        {
            Pool.Descriptors.WithdrawExclusive(frame); // as above
            throw;
        }
        finally
        {
            _isWaitingAtPage = false;
        }
    }

    /// <summary>One asynchronous sleep at a page.</summary>
    /// <returns>Whether what is waited for was reached; if not, the caller looks again.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> SleepAtPageAsync(int frame, ContentLockMode? mode, CancellationToken stop)
    {
        ValueTask armed = _pageWaiter.Arm();
        CancellationTokenRegistration registration = default;
        bool reached = false;
        bool settled = false;
        Pool.Descriptors.Add(frame, _pageWaiter);
        Io.Activity.BeginWait(KindOf(mode), frame);
        Pool.Descriptor(frame).Wait.Register(); // full fence: the second look below stays behind it
        try
        {
            registration = stop.UnsafeRegister(static state => ((AsyncWaiter)state!).Resume(), _pageWaiter);
            reached = TryReach(frame, mode);

            // Nothing to await; unless somebody resumes us already, then that has to come in first.
            bool awake = reached || IsInProgress(frame);
            if (!awake || !_pageWaiter.TryDisarm())
                await armed.ConfigureAwait(false);
            settled = true;
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
            Pool.Descriptor(frame).Wait.Unregister();
            Io.Activity.EndWait();
            Pool.Descriptors.Remove(frame, _pageWaiter);
            if (!settled && !_pageWaiter.TryDisarm())
                await armed.ConfigureAwait(false); // an exception above; the waiter is free once this has come in
        }

        return reached;
    }

    // Newcomers are kept out, so that a page that is always being read can be locked at all.
    private void Announce(int frame, ContentLockMode? mode)
    {
        if (mode == ContentLockMode.Exclusive)
            Pool.Descriptor(frame).Content.AnnounceExclusive();
    }

    private void CheckOneWait()
    {
        if (_isWaitingAtPage)
            throw new InvalidOperationException("A session waits for one thing at a time: await the lock first.");
    }
}
