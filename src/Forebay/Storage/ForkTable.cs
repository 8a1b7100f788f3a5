using System.Collections.Concurrent;

namespace Forebay.Storage;

/// <summary>
/// The forks that this process has spoken of: one object each, found by identity or by path. An object stays until it
/// is forgotten; nothing stays then but, by path, what keeps a sync from being trusted.
/// </summary>
internal sealed class ForkTable(string dataDirectory, string tablespaceVersion)
{
    private readonly ConcurrentDictionary<ForkIdentity, RelationFork> _byIdentity = new();
    private readonly ConcurrentDictionary<string, RelationFork> _byPath = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Unsettled> _unsettled = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private int _keys;

    /// <summary>The fork of an identity, made if need be. Found: no lock, no allocation.</summary>
    public RelationFork Get(ForkIdentity identity) =>
        _byIdentity.TryGetValue(identity, out RelationFork? fork) ? fork : Make(identity);

    /// <summary>The fork of an identity if it has been spoken of. No lock, no allocation.</summary>
    public bool TryGet(ForkIdentity identity, out RelationFork? fork) =>
        _byIdentity.TryGetValue(identity, out fork);

    /// <summary>The file of a path, made an object if need be.</summary>
    public RelationFork File(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string fullPath = Path.GetFullPath(path);
        if (_byPath.TryGetValue(fullPath, out RelationFork? fork))
            return fork;
        lock (_gate)
        {
            if (_byPath.TryGetValue(fullPath, out fork))
                return fork;

            // The key makes the locator unique; tablespace 0 cannot be a relation's.
            ForkIdentity identity = new(
                new RelationLocator(0, 0, (uint)NextKeyLocked()), ForkNumber.Main, RelationPaths.NoSession);
            fork = AddLocked(identity, path, fullPath);
            _byPath[fullPath] = fork;
            return fork;
        }
    }

    /// <summary>
    /// Drops an object that nobody uses any more. A sync that failed, or names that are not durable, are the next
    /// object's to know of.
    /// </summary>
    public void Remove(RelationFork fork)
    {
        lock (_gate)
        {
            bool isOurs = _byIdentity.TryRemove(KeyValuePair.Create(fork.Identity, fork));
            if (fork.IsPlainFile)
                _byPath.TryRemove(KeyValuePair.Create(fork.SegmentFullPath(0), fork));
            if (isOurs && (fork.SyncErrno != 0 || fork.IsNameNew))
                _unsettled[fork.SegmentFullPath(0)] = new Unsettled(fork.SyncErrno, fork.IsNameNew);
        }
    }

    /// <summary>The processes that use the same files, if there are others; said before a fork is made.</summary>
    public SharedRelations? Sharers { get; set; }

    /// <summary>Objects at this moment.</summary>
    public int Count => _byIdentity.Count;

    private RelationFork Make(ForkIdentity identity)
    {
        string path = RelationPaths.Base(identity.Locator, identity.Fork, identity.Session, tablespaceVersion);
        lock (_gate)
        {
            return _byIdentity.TryGetValue(identity, out RelationFork? fork)
                ? fork
                : AddLocked(identity, path, Path.Combine(dataDirectory, path));
        }
    }

    private int NextKeyLocked() => checked(_keys + 1);

    private RelationFork AddLocked(ForkIdentity identity, string path, string fullPath)
    {
        int key = NextKeyLocked();
        bool isOthers = identity.Session < 0 && identity.Locator.Tablespace != 0; // not temporary, no file by its path
        RelationFork fork = new(identity, key, path, fullPath) { Sharers = isOthers ? Sharers : null };
        _keys = key;
        if (_unsettled.Remove(fork.SegmentFullPath(0), out Unsettled left))
        {
            fork.IsNameNew = left.IsNameNew;
            if (left.SyncErrno != 0)
                fork.MarkSyncFailed(left.SyncErrno);
        }

        _byIdentity[identity] = fork;
        return fork;
    }

    private readonly record struct Unsettled(int SyncErrno, bool IsNameNew);
}
