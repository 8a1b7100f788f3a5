using System.Runtime.InteropServices;
using Forebay.Storage;

namespace Forebay.Buffers;

/// <summary>Which page a frame holds.</summary>
/// <param name="Tablespace">Tablespace of the relation.</param>
/// <param name="Database">Database of the relation.</param>
/// <param name="Relation">File number of the relation.</param>
/// <param name="Fork">Fork in the low byte.</param>
/// <param name="Block">Block number in the fork.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct BufferTag(uint Tablespace, uint Database, uint Relation, uint Fork, uint Block)
{
    /// <summary>The relation.</summary>
    public RelationLocator Locator => new(Tablespace, Database, Relation);

    /// <summary>
    /// A hash of the whole tag: relation parts first, so that consecutive blocks spread over buckets.
    /// </summary>
    public uint Hash()
    {
        ulong mixed = (((ulong)Relation << 32) | Block) * 0x9E3779B97F4A7C15UL;
        mixed ^= (((ulong)Database << 32) | (Tablespace << 3) | Fork) * 0xC2B2AE3D27D4EB4FUL;
        mixed ^= mixed >> 29;
        mixed *= 0xBF58476D1CE4E5B9UL;
        return (uint)(mixed >> 32);
    }

    /// <summary>Whether two tags are of the same fork of the same relation.</summary>
    public bool IsSameFork(in BufferTag other) =>
        Relation == other.Relation && Database == other.Database && Tablespace == other.Tablespace
        && Fork == other.Fork;
}
