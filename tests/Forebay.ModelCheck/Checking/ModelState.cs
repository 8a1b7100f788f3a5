namespace Forebay.ModelCheck.Checking;

/// <summary>One state of a model: the memory, and where each thread is.</summary>
/// <param name="Number">Of the state.</param>
/// <param name="Memory">What all see.</param>
/// <param name="Actors">The threads.</param>
internal sealed record ModelState(int Number, ulong[] Memory, ActorPosition[] Actors)
{
    /// <summary>A digest of all of it.</summary>
    public UInt128 Key()
    {
        Digest digest = new();
        foreach (ulong word in Memory)
            digest.Mix(word);
        foreach (ActorPosition actor in Actors)
        {
            digest.Mix((ulong)actor.Node.Key);
            digest.Mix((ulong)(actor.Node.Key >> 64));
            digest.Mix((ulong)(uint)actor.State | ((ulong)(uint)actor.Stores.Length << 8));
            foreach (Store store in actor.Stores)
            {
                digest.Mix(((ulong)(uint)store.Word << 32) | ((ulong)(uint)store.Group << 16)
                    | ((ulong)(uint)store.Epoch << 2) | (store.IsRelease ? 2UL : 0) | (store.IsAhead ? 1UL : 0));
                digest.Mix(store.Mask);
                digest.Mix(store.Value);
            }
        }

        return digest.Value;
    }
}
