namespace Forebay.Targets;

/// <summary>The targets of an instance by id. Filled before the engine starts, unchanging afterwards.</summary>
internal sealed class IoTargetRegistry
{
    private readonly IoTarget?[] _targets = new IoTarget?[IoTargetIds.Max + 1];

    /// <summary>Registers a target under an id.</summary>
    /// <exception cref="ArgumentException">The id is taken, zero or too large.</exception>
    public void Register(byte id, IoTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (id is 0 or > IoTargetIds.Max)
            throw new ArgumentException($"I/O target ids go from 1 to {IoTargetIds.Max}, not {id}.", nameof(id));
        if (_targets[id] is { } other)
            throw new ArgumentException($"I/O target id {id} belongs to '{other.Name}' already.", nameof(id));
        _targets[id] = target;
    }

    /// <summary>The target under an id.</summary>
    /// <exception cref="ArgumentException">No target has the id.</exception>
    public IoTarget this[int id] =>
        (uint)id < (uint)_targets.Length && _targets[id] is { } target
            ? target
            : throw new ArgumentException($"No I/O target is registered under id {id}.", nameof(id));
}
