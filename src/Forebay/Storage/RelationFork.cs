namespace Forebay.Storage;

/// <summary>
/// One fork of one relation in this process: there is one object per fork, so it can be compared by reference. Making
/// it touches no file; its segment files are opened when they are needed and may be closed again at any time between
/// uses. Any thread.
/// </summary>
public sealed class RelationFork
{
    private readonly Lock _growing = new();
    private readonly string _fullBase;
    private long[] _files = [];
    private int _syncErrno;
    private string? _openRefusal;
    private bool _isNameNew;
    private int _use; // a ForkUse
    private int _filesGeneration;

    internal RelationFork(ForkIdentity identity, int key, string path, string fullPath)
    {
        Identity = identity;
        Key = key;
        Path = path;
        _fullBase = fullPath;
    }

    /// <summary>The relation. A file outside the data directory's naming has tablespace 0 and database 0.</summary>
    public RelationLocator Locator => Identity.Locator;

    /// <summary>Which fork.</summary>
    public ForkNumber Fork => Identity.Fork;

    /// <summary>Locator, fork and owner.</summary>
    internal ForkIdentity Identity { get; }

    /// <summary>Small number of this object, never zero, never reused while the storage manager lives.</summary>
    internal int Key { get; }

    /// <summary>Whether it belongs to one session alone.</summary>
    public bool IsTemporary => Identity.Session != RelationPaths.NoSession;

    /// <summary>Whether it is a plain file, named by path.</summary>
    public bool IsPlainFile => Locator.Tablespace == 0;

    /// <summary>First segment file as people know it: relative to the data directory, or as it was given.</summary>
    public string Path { get; }

    /// <summary>
    /// Held while segment files are opened, closed or removed. After <see cref="SizeGate"/>, never before.
    /// </summary>
    internal Lock FilesGate { get; } = new();

    /// <summary>Held while the fork grows or shrinks, so that a failed extension can be taken back.</summary>
    internal Lock SizeGate { get; } = new();

    /// <summary>
    /// Held while the names of its files are made durable, so that nobody is told that they are before that is over.
    /// Nothing else is waited for under it.
    /// </summary>
    internal Lock NamesGate { get; } = new();

    /// <summary>
    /// A segment that was once the last non-empty one: where looking for the end begins. Only a hint.
    /// </summary>
    internal int LastSegmentHint { get; set; } // plain: a stale number costs a step, the search is right from any start

    /// <summary>Generation under which its files were opened, where processes share them.</summary>
    internal int FilesGeneration
    {
        get => Volatile.Read(ref _filesGeneration); // acquire: what was closed for it is closed
        set => Volatile.Write(ref _filesGeneration, value); // release: as above
    }

    /// <summary>Where other processes hear of a failed sync, and this one of theirs; null = there are none.</summary>
    internal SharedRelations? Sharers { get; init; }

    /// <summary>errno of a sync that failed, in whatever process; zero if none did.</summary>
    internal int SyncErrno
    {
        get
        {
            int own = Volatile.Read(ref _syncErrno); // acquire: a failure seen by any thread counts for all
            return own != 0 || Sharers is null ? own : Sharers.SyncErrnoOf(Identity);
        }
    }

    /// <summary>Why its file system was refused, if it was.</summary>
    internal string? OpenRefusal
    {
        get => Volatile.Read(ref _openRefusal); // acquire: the text is complete when its reference is seen
        set => Volatile.Write(ref _openRefusal, value); // release: as above
    }

    /// <summary>Whether the name of one of its files may not be durable yet.</summary>
    internal bool IsNameNew
    {
        get => Volatile.Read(ref _isNameNew); // acquire: pairs with the release below
        set => Volatile.Write(ref _isNameNew, value); // release: set after the file was made, before the maker returns
    }

    /// <summary>A segment file as people know it.</summary>
    public string SegmentPath(int segment) => RelationPaths.Segment(Path, segment);

    /// <inheritdoc/>
    public override string ToString() => Path;

    /// <summary>A segment file as the kernel knows it.</summary>
    internal string SegmentFullPath(int segment) => RelationPaths.Segment(_fullBase, segment);

    /// <summary>Folder of the segment files.</summary>
    internal string Folder => System.IO.Path.GetDirectoryName(_fullBase) ?? "/";

    /// <summary>The opening of a segment that was last known; may be stale.</summary>
    internal FileReference File(int segment)
    {
        // Acquire on both: an array is seen with its contents, an entry after its slot was published.
        long[] files = Volatile.Read(ref _files);
        return segment < files.Length ? new FileReference(Volatile.Read(ref files[segment])) : default;
    }

    /// <summary>Number of segments that an opening may be known of.</summary>
    internal int FilesKnown => Volatile.Read(ref _files).Length; // acquire: as above

    /// <summary>Remembers the opening of a segment.</summary>
    internal void Remember(int segment, FileReference file)
    {
        lock (_growing)
        {
            if (segment >= _files.Length)
            {
                long[] larger = new long[Math.Max(segment + 1, _files.Length * 2)];
                _files.CopyTo(larger, 0);
                larger[segment] = file.Raw;
                Volatile.Write(ref _files, larger); // release: readers of the new array see all its entries
                return;
            }

            Volatile.Write(ref _files[segment], file.Raw); // release: the slot was published before
        }
    }

    /// <summary>
    /// From now on no sync of this fork can be trusted: what the kernel could not write it has forgotten.
    /// </summary>
    internal void MarkSyncFailed(int errno)
    {
        Interlocked.CompareExchange(ref _syncErrno, errno, 0); // the first failure is the one to report
        Sharers?.MarkSyncFailed(Identity, errno);
    }

    /// <summary>Whether the object is still good.</summary>
    internal ForkUse Use => (ForkUse)Volatile.Read(ref _use); // acquire: what was closed before Forgotten is closed

    /// <summary>Refuses an object that was forgotten, or is about to be.</summary>
    /// <param name="forWrite">Dirty pages are written until the last of them has left the pool.</param>
    /// <exception cref="ObjectDisposedException">It is to be asked for anew.</exception>
    internal void ThrowIfForgotten(bool forWrite = false)
    {
        ForkUse use = Use;
        if (use == ForkUse.Forgotten || (use == ForkUse.BeingForgotten && !forWrite))
            ThrowForgotten();
    }

    /// <summary>From here on no read begins; see <see cref="EndForgetting"/>.</summary>
    /// <exception cref="ObjectDisposedException">Somebody else has done that.</exception>
    internal void BeginForgetting()
    {
        // A full fence, before the pool is searched: a read that did not see it has its page in progress by then.
        if (Interlocked.CompareExchange(ref _use, (int)ForkUse.BeingForgotten, (int)ForkUse.InUse) != 0)
            ThrowForgotten();
    }

    /// <summary>The pages have left the pool and the files are closed, or it all stays as it was.</summary>
    internal void EndForgetting(ForkUse use) =>
        Volatile.Write(ref _use, (int)use); // release: after the files were closed; both under the gates

    private void ThrowForgotten() => throw new ObjectDisposedException(
        Path, $"The fork \"{Path}\" was forgotten; this object is void. Ask the instance for it again.");

    /// <summary>The files are gone: what failed with them is of no interest any more.</summary>
    internal void Renew()
    {
        Sharers?.ForgetSyncFailure(Identity);
        Volatile.Write(ref _syncErrno, 0); // release: before the fork can be created again, both under its gates
        OpenRefusal = null;
        LastSegmentHint = 0;
    }
}
