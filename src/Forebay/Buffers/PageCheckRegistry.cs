namespace Forebay.Buffers;

/// <summary>Page checks by id. Filled before the pool is used, unchanging afterwards.</summary>
internal sealed class PageCheckRegistry
{
    /// <summary>The id that checks nothing.</summary>
    public const byte None = 0;

    /// <summary>Largest id: it shares a byte of callback data with four flags.</summary>
    public const byte Max = 15;

    private readonly PageCheck?[] _checks = new PageCheck?[Max + 1];

    /// <summary>Registers a check under an id from 1 to <see cref="Max"/>.</summary>
    /// <exception cref="ArgumentException">The id is taken or out of range.</exception>
    public void Register(byte id, PageCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        if (id is None or > Max)
            throw new ArgumentException($"Page check ids go from 1 to {Max}, not {id}.", nameof(id));
        if (_checks[id] is { } other)
            throw new ArgumentException($"Page check id {id} belongs to '{other.Name}' already.", nameof(id));
        _checks[id] = check;
    }

    /// <summary>The check under an id; null = none is made.</summary>
    public PageCheck? this[int id] => _checks[id];
}
