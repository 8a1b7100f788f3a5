using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.SharingHost;

/// <summary>
/// Attaches, opens so many sessions, has each of them read, and counts the file descriptors that all of it took.
/// </summary>
internal sealed class ManySessions : IDisposable
{
    private readonly HostArguments _arguments;
    private readonly Orders _orders;
    private readonly int _before;
    private readonly ForebayInstance _instance;

    public ManySessions(HostArguments arguments, Orders orders)
    {
        _arguments = arguments;
        _orders = orders;
        _before = Descriptors();
        _instance = ForebayInstance.Attach(Sharing.Named(arguments.Name, arguments.Folder));
    }

    public void Run()
    {
        Console.WriteLine("ready");
        _orders.Take();
        RelationFork fork = _instance.Relation(new RelationLocator(1663, 5, 16_384)).Main;
        List<ForebaySession> sessions = [];
        for (int i = 0; i < _arguments.Sessions; i++)
        {
            sessions.Add(_instance.OpenSession());
            using PinnedPage page = sessions[^1].Read(fork, (uint)i % 64);
        }

        Console.WriteLine($"done reads={sessions.Count} changes={Descriptors() - _before}");
        _orders.Take();
        sessions.ForEach(static session => session.Dispose());
    }

    public void Dispose() => _instance.Dispose();

    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
}
