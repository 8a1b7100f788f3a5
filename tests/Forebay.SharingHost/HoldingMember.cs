using Forebay.Buffers;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.SharingHost;

/// <summary>
/// A member that has a page locked exclusively and half changed, and stands still until it is killed, or told to go on.
/// <code>
/// hold-clean   has not said yet that it is changed        hold-dirty   has said so
/// </code>
/// </summary>
internal sealed class HoldingMember : IDisposable
{
    private const uint Block = 3;

    private readonly ForebayInstance _instance;
    private readonly ForebaySession _session;
    private readonly PinnedPage _page;
    private readonly LockedPage _locked;

    public HoldingMember(HostArguments arguments)
    {
        _instance = ForebayInstance.Open(arguments.Data, arguments.Options());
        _session = _instance.OpenSession();
        _page = _session.Read(_instance.Relation(new RelationLocator(1663, 5, 16_384)).Main, Block);
        _locked = _page.Lock(ContentLockMode.Exclusive);
        if (arguments.Work == "hold-dirty")
            _locked.MarkDirty();
        _locked.Contents[..1000].Fill(0xEE);
    }

    /// <summary>Whether a word is a work of this kind.</summary>
    public static bool Does(string work) => work.StartsWith("hold-", StringComparison.Ordinal);

    public void Dispose()
    {
        _locked.Dispose();
        _page.Dispose();
        _session.Dispose();
        _instance.Dispose();
    }
}
