using System.Diagnostics;
using Forebay.Buffers;
using Forebay.Primitives;
using Forebay.Storage;
using Forebay.Telemetry;

namespace Forebay;

/// <summary>Relations as files, single pages, streams.</summary>
public sealed partial class ForebaySession
{
    /// <summary>Whether the fork's first file exists.</summary>
    public bool Exists(RelationFork fork) => _instance.Storage.Exists(fork);

    /// <summary>Makes an empty fork.</summary>
    /// <param name="fork">The fork.</param>
    /// <param name="existsIsFine">Whether it may exist already.</param>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public void Create(RelationFork fork, bool existsIsFine = false)
    {
        Shared.Stop.Check();
        _instance.Storage.Create(fork, existsIsFine);
    }

    /// <summary>Blocks of a fork, over all its segment files. A partial last page does not count.</summary>
    public uint GetBlockCount(RelationFork fork) => _instance.Storage.GetBlockCount(fork);

    /// <summary>Writes the fork's dirty pages to its files; does not make them durable.</summary>
    /// <returns>Pages written.</returns>
    /// <exception cref="StorageException">A page could not be written; it stays dirty.</exception>
    public int Flush(RelationFork fork) => Buffers(fork).Flush(fork, FlushDepth);

    /// <summary>Writes every dirty page of the shared pool to the files; does not make them durable.</summary>
    /// <returns>Pages written.</returns>
    public int FlushAll() => Shared.Flush(null, FlushDepth);

    /// <summary>
    /// As <see cref="Flush"/> without blocking the thread; awaited before the session is used again.
    /// </summary>
    /// <param name="fork">The fork.</param>
    /// <param name="cancellationToken">Ends the flush; what it has in flight is written.</param>
    public ValueTask<int> FlushAsync(RelationFork fork, CancellationToken cancellationToken = default) =>
        Buffers(fork).FlushAsync(fork, FlushDepth, cancellationToken);

    /// <summary>
    /// As <see cref="FlushAll"/> without blocking the thread; awaited before the session is used again.
    /// </summary>
    /// <param name="cancellationToken">Ends the flush; what it has in flight is written.</param>
    public ValueTask<int> FlushAllAsync(CancellationToken cancellationToken = default) =>
        Shared.FlushAsync(null, FlushDepth, cancellationToken);

    /// <summary>Makes what was written to the fork's files durable.</summary>
    /// <exception cref="StorageException">
    /// The device says no; then no later call on this fork is to be trusted either.
    /// </exception>
    public void Sync(RelationFork fork)
    {
        Shared.Stop.Check();
        long start = Stopwatch.GetTimestamp();
        int files = _instance.Storage.Sync(fork);
        IoPurpose purpose = fork.IsTemporary ? IoPurpose.Temporary : IoPurpose.Relation;
        Io.Tally.Count(purpose, CountedOperation.Fsync, files);
        Io.Tally.Time(purpose, CountedOperation.Fsync, Stopwatch.GetTimestamp() - start);
    }

    /// <summary>
    /// Cuts a fork; pages beyond are forgotten, changes included. Waits for I/O in flight on them. Nobody reads them
    /// meanwhile: that is the caller's to see to.
    /// </summary>
    /// <exception cref="InvalidOperationException">A session has such a page pinned.</exception>
    public void Truncate(RelationFork fork, uint blocks) => Cut(fork, blocks, default);

    private void Cut(RelationFork fork, uint blocks, CancellationToken cancellationToken)
    {
        BufferSession buffers = Buffers(fork);
        using (buffers.Pool.EnterExtend(fork, cancellationToken))
        {
            buffers.Forget(fork, blocks);
            DeathPoints.Reach(DeathPoint.CutForgotten);
            _instance.Storage.Truncate(fork, blocks);
        }
    }

    /// <summary>
    /// Removes a fork: its pages are forgotten, its files unlinked. Waits for I/O in flight on them. Nobody reads them
    /// meanwhile: that is the caller's to see to.
    /// </summary>
    /// <exception cref="InvalidOperationException">A session has such a page pinned.</exception>
    public void Drop(RelationFork fork) => Remove(fork, default);

    private void Remove(RelationFork fork, CancellationToken cancellationToken)
    {
        BufferSession buffers = Buffers(fork);
        using (buffers.Pool.EnterExtend(fork, cancellationToken))
        {
            buffers.Forget(fork, 0);
            DeathPoints.Reach(DeathPoint.DropForgotten);
            _instance.Storage.Unlink(fork);
        }
    }

    /// <summary>
    /// Makes the fork durable and lets the kernel's page cache forget it, so that the next reads come from the device.
    /// Pages in the pool stay; dirty ones are not written: flush first.
    /// </summary>
    /// <exception cref="StorageException">The sync failed.</exception>
    public void DropFromPageCache(RelationFork fork) => _instance.Storage.DropFromPageCache(fork);

    /// <summary>
    /// Lets go of a fork that will not be used again, so that a process that meets ever new files does not grow: its
    /// pages leave the pool, changes included, and its files are closed. The files stay. Waits for I/O in flight on
    /// them. The object is void afterwards, for every session: ask the instance for a new one.
    /// </summary>
    /// <exception cref="InvalidOperationException">A session has a page of it pinned; it is as good as before.
    /// </exception>
    /// <exception cref="ObjectDisposedException">It was forgotten before, or is being forgotten.</exception>
    public void Forget(RelationFork fork)
    {
        BufferSession buffers = Buffers(fork);
        using (buffers.Pool.EnterExtend(fork))
        {
            fork.BeginForgetting();
            try
            {
                buffers.Forget(fork, 0);
            }
            catch
            {
                fork.EndForgetting(ForkUse.InUse);
                throw;
            }

            _instance.Storage.Forget(fork);
        }
    }

    private int FlushDepth => Math.Max(1,
        Math.Min(_instance.Options.EffectiveIoConcurrency, Io.Engine.Handles.PerSession - 1));
}
