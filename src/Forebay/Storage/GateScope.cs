namespace Forebay.Storage;

/// <summary>
/// Inside a gate of a fork: first the one that processes share, if there are several, then this process's own.
/// </summary>
internal readonly ref struct GateScope
{
    private readonly Lock _own;
    private readonly SharedRelations? _shared;
    private readonly int _gate;

    /// <summary>Enters.</summary>
    public GateScope(Lock own, SharedRelations? shared, GateKind kind, RelationFork fork,
        CancellationToken cancellationToken = default)
    {
        _own = own;
        _shared = shared;
        if (shared is not null)
            _gate = shared.Enter(kind, fork.Identity, cancellationToken);
        own.Enter();
    }

    /// <summary>Leaves.</summary>
    public void Dispose()
    {
        _own.Exit();
        _shared?.Exit(_gate);
    }
}
