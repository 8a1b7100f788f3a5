namespace Forebay.Primitives;

/// <summary>
/// The things of one kind that an instance knows by a small id. Filled before operations start, then frozen, so that
/// operations on any thread read it without a lock and never see an id change its meaning.
/// </summary>
/// <typeparam name="T">The kind.</typeparam>
internal abstract class IdRegistry<T>
    where T : class
{
    private readonly string _kind;
    private readonly T?[] _items;
    private bool _frozen;

    /// <summary>An empty registry of ids from 1 to <paramref name="max"/>.</summary>
    /// <param name="kind">What the things are called in messages.</param>
    /// <param name="max">Largest id.</param>
    protected IdRegistry(string kind, byte max)
    {
        _kind = kind;
        _items = new T?[max + 1];
    }

    /// <summary>Registers something under an id.</summary>
    /// <exception cref="ArgumentException">The id is taken or outside its range, or it cannot be used.</exception>
    /// <exception cref="InvalidOperationException">Operations may be using the registry already.</exception>
    public void Register(byte id, T item)
    {
        ArgumentNullException.ThrowIfNull(item);
        lock (_items)
        {
            if (_frozen)
            {
                throw new InvalidOperationException($"The {_kind} '{NameOf(item)}' comes too late for id {id}: all are "
                    + "registered before the engine starts.");
            }

            if (id == 0 || id >= _items.Length)
                throw new ArgumentException($"{_kind} ids go from 1 to {_items.Length - 1}, not {id}.", nameof(id));
            if (_items[id] is { } other)
                throw new ArgumentException($"{_kind} id {id} belongs to '{NameOf(other)}' already.", nameof(id));
            CheckUsable(item);
            Registered(id, item);
            _items[id] = item;
        }
    }

    /// <summary>
    /// From here on nothing can be registered. Called by whoever starts operations; again does nothing.
    /// </summary>
    public void Freeze()
    {
        lock (_items)
            _frozen = true;
    }

    /// <summary>What has the id.</summary>
    /// <exception cref="ArgumentException">Nothing has it.</exception>
    public T this[int id] =>
        Find(id) ?? throw new ArgumentException($"No {_kind} is registered under id {id}.", nameof(id));

    /// <summary>What has the id, or null.</summary>
    public T? Find(int id) => (uint)id < (uint)_items.Length ? _items[id] : null;

    /// <summary>
    /// A number that is the same in two processes if the same ids have things of the same names (64-bit FNV-1a).
    /// </summary>
    public ulong Fingerprint()
    {
        const ulong Prime = 0x100_0000_01B3;
        ulong hash = 0xCBF2_9CE4_8422_2325;
        for (int id = 1; id < _items.Length; id++)
        {
            if (_items[id] is not { } item)
                continue;
            Add(id);
            foreach (char letter in NameOf(item))
                Add(letter);
            Add(0xFFFF); // no letter: where a name ends
        }

        return hash;

        void Add(int value) => hash = unchecked((((hash ^ (uint)(value & 0xFF)) * Prime) ^ (uint)(value >> 8)) * Prime);
    }

    /// <summary>What messages call it.</summary>
    protected abstract string NameOf(T item);

    /// <summary>Refuses what could never be used.</summary>
    /// <exception cref="ArgumentException">The reason.</exception>
    protected virtual void CheckUsable(T item)
    {
    }

    /// <summary>Notes what is asked for often. Before anybody can find the item.</summary>
    protected virtual void Registered(byte id, T item)
    {
    }
}
