using System.Reflection;
using Forebay.Buffers;
using Forebay.Interop;
using Forebay.Processes;
using Forebay.Memory;
using Shared;

namespace Forebay.Tests.Processes;

public sealed class AttachTests
{
    [Fact]
    public void Open_Twice_SeesOnePool()
    {
        using SharedScenario scenario = new();
        using ForebayInstance first = scenario.Open();
        using ForebayInstance second = scenario.Open();
        using ForebaySession one = first.OpenSession();
        using ForebaySession two = second.OpenSession();
        Assert.True(first.IsCreator);
        Assert.False(second.IsCreator);
        Assert.Equal(2, first.AttachedProcesses);
        Assert.NotEqual(one.Id, two.Id);

        SharedScenario.Change(one, 7, version: 2); // dirty in the pool, not in the file
        Assert.Equal(2u, SharedScenario.Read(two, 7));
        Assert.Equal(0, two.Counters.Reads);
    }

    [Fact]
    public void OpenSession_InTwoInstances_SharesThePool()
    {
        using SharedScenario scenario = new();
        using ForebayInstance first = scenario.Open();
        using ForebayInstance second = scenario.Open();
        using ForebaySession one = first.OpenSession();
        int alone = first.Shares.PerSession;
        using ForebaySession two = second.OpenSession();
        Assert.True(first.Shares.PerSession < alone);
        Assert.Equal(first.Shares.PerSession, second.Shares.PerSession);
    }

    [Fact]
    public void OpenSession_AllSlotsTakenElsewhere_SaysSo()
    {
        using SharedScenario scenario = new();
        using ForebayInstance first = scenario.Open();
        using ForebayInstance second = scenario.Open();
        List<ForebaySession> sessions = [.. Enumerable.Range(0, 16).Select(_ => first.OpenSession())];
        Assert.Throws<InvalidOperationException>(second.OpenSession);
        sessions[3].Dispose();
        using ForebaySession late = second.OpenSession();
        Assert.Equal(3, late.Id);
        sessions.ForEach(static session => session.Dispose());
    }

    [Fact]
    public void Dispose_LastOneOut_RemovesTheFiles()
    {
        using SharedScenario scenario = new();
        ForebayInstance first = scenario.Open();
        ForebayInstance second = scenario.Open();
        first.Dispose();
        Assert.NotEmpty(scenario.Folder.Files);
        using (ForebaySession session = second.OpenSession())
            Assert.Equal(1u, SharedScenario.Read(session, 0));
        second.Dispose();
        Assert.Empty(scenario.Folder.Files);
    }

    [Fact]
    public void Open_LeftByACrash_IsRebuilt()
    {
        using SharedScenario scenario = new();
        byte[] left;
        using (ForebayInstance first = scenario.Open())
            left = File.ReadAllBytes(scenario.Folder.Segment(SharedScenario.Name));
        WriteSegment(scenario, left); // as a crash leaves it: a good header, a slot taken, nobody holds the lock
        List<string> notices = [];
        using ForebayInstance second = scenario.Open(new ForebayOptions(scenario.Options())
        {
            OnNotice = notice => notices.Add(notice.Kind),
        });
        Assert.True(second.IsCreator);
        Assert.Equal(1, second.AttachedProcesses);
        Assert.Contains("shared-instance-rebuilt", notices);
        using ForebaySession session = second.OpenSession();
        Assert.Equal(1u, SharedScenario.Read(session, 3));
    }

    // The kernel closes the files of a dead process one after the other: the lock of the place may be free before.
    [Fact]
    public void Open_CreatorDiedBeforeItWasDoneAndItsLockIsStillHeld_WaitsAndMakesItAnew()
    {
        using SharedScenario scenario = new();
        scenario.Folder.Make();
        scenario.Folder.Write(SharedScenario.Name, new byte[1 << 20]);
        int creator = FileSystemCalls.Open(scenario.Folder.Segment(SharedScenario.Name), FileOpenFlags.Write);
        Assert.Equal(0, FileLock.TryEnterShared(creator));
        Task<ForebayInstance> opening = Background.Run(() => scenario.Open());
        bool hasEnded = SpinWait.SpinUntil(() => opening.IsCompleted, 100);
        Assert.Equal(0, FileSystemCalls.Close(creator));
        using ForebayInstance instance = Background.Join(opening);
        Assert.False(hasEnded);
        Assert.True(instance.IsCreator);
        Assert.True(scenario.Folder.Files.Length > 0);
    }

    [Fact]
    public void Open_AnotherInstanceIsCalledLikeOnesRingFiles_ItsFilesAreLeftAlone()
    {
        using SharedScenario scenario = new();
        ForebayOptions others = new(scenario.Options())
        {
            Sharing = scenario.Folder.Named(SharedScenario.Name + ".ring-1"),
        };
        using ForebayInstance other = scenario.Open(others);
        string[] files = scenario.Folder.Files;
        scenario.Open().Dispose();
        Assert.Equal(files.Order(), scenario.Folder.Files.Order());
        Assert.True(File.Exists(scenario.Folder.Segment(SharedScenario.Name + ".ring-1")));
    }

    [Fact]
    public void Attach_ByNameAlone_TakesTheSettings()
    {
        using SharedScenario scenario = new();
        using ForebayInstance first = scenario.Open();
        using ForebayInstance second = ForebayInstance.Attach(scenario.Folder.Named(SharedScenario.Name));
        Assert.Equal(first.PoolPages, second.PoolPages);
        Assert.Equal(first.DataDirectory, second.DataDirectory);
        Assert.Equal(first.Options.MaxSessions, second.Options.MaxSessions);
        Assert.Equal(IoMethod.Sync, second.Method.Effective);
        using ForebaySession session = second.OpenSession();
        Assert.Equal(1u, SharedScenario.Read(session, 9));
    }

    [Fact]
    public void Attach_NobodyThere_SaysHowToStartOne()
    {
        using SharedScenario scenario = new();
        scenario.Folder.Make();
        SharingException refusal = Assert.Throws<SharingException>(
            () => ForebayInstance.Attach(scenario.Folder.Named("none")));
        Assert.Contains("forebay serve --share none", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(scenario.Folder.Files);
    }

    public static TheoryData<string, string> Mismatches => new()
    {
        { nameof(ForebayOptions.BufferPoolBytes), "Setting buffer_pool_bytes is 524288 in" },
        { nameof(ForebayOptions.MaxSessions), "Setting max_sessions is 16 in" },
        { nameof(ForebayOptions.IoMaxConcurrency), "Setting io_max_concurrency is 8 in" },
        { nameof(ForebayOptions.IoCombineLimit), "Setting io_combine_limit is 16 in" },
        { nameof(ForebayOptions.SegmentBlocks), "Setting segment_blocks is 131072 in" },
        { nameof(ForebayOptions.ReadOnly), "Setting read_only is off in" },
        { nameof(ForebayOptions.IoMethod), "Setting io_method is sync in" },
        { nameof(ForebayOptions.PageCheck), "other page checks" },
        { nameof(ForebayOptions.TablespaceVersionDirectory), "other tablespace version directories" },
    };

    [Theory]
    [MemberData(nameof(Mismatches))]
    public void Open_OtherSetting_NamesItWithBothValues(string setting, string expected)
    {
        using SharedScenario scenario = new();
        using ForebayInstance first = scenario.Open();
        ForebayOptions same = scenario.Options();
        ForebayOptions other = setting switch
        {
            nameof(ForebayOptions.BufferPoolBytes) => new(same) { BufferPoolBytes = 128 * 8192 },
            nameof(ForebayOptions.MaxSessions) => new(same) { MaxSessions = 17 },
            nameof(ForebayOptions.IoMaxConcurrency) => new(same) { IoMaxConcurrency = 9 },
            nameof(ForebayOptions.IoCombineLimit) => new(same) { IoCombineLimit = 8 },
            nameof(ForebayOptions.SegmentBlocks) => new(same) { SegmentBlocks = 7 },
            nameof(ForebayOptions.ReadOnly) => new(same) { ReadOnly = true },
            nameof(ForebayOptions.IoMethod) => new(same) { IoMethod = IoMethod.Worker },
            nameof(ForebayOptions.PageCheck) => new(same) { PageCheck = new NoCheck() },
            _ => new(same) { TablespaceVersionDirectory = "other" },
        };
        SharingException refusal = Assert.Throws<SharingException>(() => scenario.Open(other));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, first.AttachedProcesses);
        using ForebaySession session = first.OpenSession();
        Assert.Equal(1u, SharedScenario.Read(session, 1));
    }

    [Fact]
    public void Open_OtherDataDirectory_SaysWhichOneItIsOver()
    {
        using SharedScenario scenario = new();
        using SharedScenario other = new();
        using ForebayInstance first = scenario.Open();
        SharingException refusal = Assert.Throws<SharingException>(
            () => ForebayInstance.Open(other.DataDirectory, scenario.Options()));
        Assert.Contains(scenario.DataDirectory, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void View_OfALiveInstance_ReadsItsRecords()
    {
        using SharedScenario scenario = new();
        using ForebayInstance instance = scenario.Open();
        using ForebaySession session = instance.OpenSession();
        SharedScenario.Change(session, 5, version: 4);
        using AttachedView view = AttachedView.Open(scenario.Folder.Named(SharedScenario.Name));
        Assert.Equal(instance.PoolPages, view.Options.Frames);
        Assert.Equal(Environment.ProcessId, view.Processes[0].Process);
        SegmentArray<BufferDescriptor> descriptors = view.Segment.Array(view.Layout.Pool.Descriptors);
        int dirty = 0;
        for (int frame = 0; frame < descriptors.Length; frame++)
            dirty += descriptors[frame].Word.Has(BufferWord.Dirty) ? 1 : 0;
        Assert.Equal(1, dirty);
        Assert.Equal(1, instance.AttachedProcesses);
    }

    [Fact]
    public void CopyOfOptions_EachProperty_IsTheSame()
    {
        ForebayOptions original = new();
        foreach (PropertyInfo property in typeof(ForebayOptions).GetProperties().Where(each => each.CanWrite))
        {
            object? changed = property.GetValue(original) switch
            {
                int number => number + 1,
                long number => number + 1,
                bool isSet => !isSet,
                string text => text + "x",
                TimeSpan time => time + TimeSpan.FromSeconds(1),
                Enum value => Enum.ToObject(property.PropertyType, Convert.ToInt32(value, null) + 1),
                _ => null,
            };
            if (changed is null)
                continue;
            ForebayOptions other = new();
            property.SetValue(other, changed);
            Assert.Equal(changed, property.GetValue(new ForebayOptions(other)));
        }
    }

    internal static void WriteSegment(SharedScenario scenario, ReadOnlySpan<byte> contents)
    {
        scenario.Folder.Make();
        scenario.Folder.Write(SharedScenario.Name, contents);
    }

    private sealed class NoCheck : PageCheck
    {
        public override string Name => "nothing";

        public override PageVerdict Check(ReadOnlySpan<byte> page, uint block) => PageVerdict.Good;
    }
}
