using Forebay.PostgreSql.Pages;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.PostgreSql.Relations;

/// <summary>Single pages through the buffer pool, in one session: for values stored outside their row.</summary>
/// <remarks>
/// One flow at a time, that of the session. A page that fails the instance's check is a
/// <see cref="Forebay.Buffers.PageException"/>.
/// </remarks>
/// <param name="session">The session that reads.</param>
public sealed class SessionPages(ForebaySession session) : IRelationPages
{
    /// <inheritdoc/>
    public string NameOf(RelationLocator relation) => Fork(relation).Path;

    /// <inheritdoc/>
    public uint GetBlockCount(RelationLocator relation) => session.GetBlockCount(Fork(relation));

    /// <inheritdoc/>
    public void Read(RelationLocator relation, uint block, Span<byte> page)
    {
        RelationFork fork = Fork(relation);
        if (block >= session.GetBlockCount(fork))
            throw new DamagedDataException(fork.Path, block, 0, DataFault.NoSuchBlock);
        using PinnedPage pinned = session.Read(fork, block);
        pinned.Span.CopyTo(page);
    }

    private RelationFork Fork(RelationLocator relation) => session.Instance.Relation(relation).Main;
}
