using System.Buffers.Binary;
using Forebay.Interop;
using Forebay.Processes;
using Shared;

namespace Forebay.Tests.Processes;

/// <summary>What lies in a segment's place may be anything: a clear error, and nothing of others is touched.</summary>
public sealed class HostileSegmentTests(ITestOutputHelper output)
{
    private const int VersionAt = 8;
    private const int StateAt = 12;
    private const int LengthAt = 16;
    private const int SettingsAt = 24;

    [Theory]
    [InlineData(0, "does not begin with the sign")]
    [InlineData(VersionAt, "has layout version")]
    [InlineData(StateAt, "")]
    [InlineData(LengthAt, " bytes, and its settings make ")]
    public void Open_HeaderChanged_SaysWhat(int at, string expected)
    {
        using SharedScenario scenario = new();
        byte[] segment = Good(scenario);
        segment[at] ^= 0x20;
        using Holder holder = new(scenario, segment);
        SharingException refusal = Assert.Throws<SharingException>(() => scenario.Open());
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.Throws<SharingException>(() => AttachedView.Open(scenario.Folder.Named(SharedScenario.Name)));
        Assert.NotEmpty(scenario.Folder.Files);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(8191)]
    [InlineData(8192)]
    [InlineData(8193)]
    [InlineData(1 << 20)]
    [InlineData(-1)] // from its end
    [InlineData(-4096)]
    [InlineData(-(2 << 20))]
    public void Open_Truncated_SaysSo(int length)
    {
        using SharedScenario scenario = new();
        byte[] segment = Good(scenario);
        using Holder holder = new(scenario, segment.AsSpan(0, length < 0 ? segment.Length + length : length));
        Assert.Throws<SharingException>(() => scenario.Open());
        Assert.Throws<SharingException>(() => AttachedView.Open(scenario.Folder.Named(SharedScenario.Name)));
        Assert.Throws<SharingException>(
            () => ForebayInstance.Attach(scenario.Folder.Named(SharedScenario.Name)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(2 << 20)]
    public void Open_LongerThanItsHeaderSays_SaysSo(int more)
    {
        using SharedScenario scenario = new();
        using Holder holder = new(scenario, [.. Good(scenario), .. new byte[more]]);
        SharingException refusal = Assert.Throws<SharingException>(() => scenario.Open());
        Assert.Contains(" bytes for a segment of ", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<SharingException>(() => AttachedView.Open(scenario.Folder.Named(SharedScenario.Name)));
        Assert.Throws<SharingException>(
            () => ForebayInstance.Attach(scenario.Folder.Named(SharedScenario.Name)));
    }

    public static TheoryData<int> Settings => [.. Enum.GetValues<SegmentSetting>().Select(static each => (int)each)];

    [Theory]
    [MemberData(nameof(Settings))]
    public void Open_SettingChanged_IsRefusedAndNamed(int setting)
    {
        using SharedScenario scenario = new();
        byte[] segment = Good(scenario);
        Span<byte> value = segment.AsSpan(SettingsAt + (setting * 8));
        BinaryPrimitives.WriteInt64LittleEndian(value, BinaryPrimitives.ReadInt64LittleEndian(value) + 1);
        using Holder holder = new(scenario, segment);
        SharingException refusal = Assert.Throws<SharingException>(() => scenario.Open());
        bool isData = (SegmentSetting)setting is SegmentSetting.DataDevice or SegmentSetting.DataInode;
        bool isFingerprint = (SegmentSetting)setting is SegmentSetting.Callbacks or SegmentSetting.Targets
            or SegmentSetting.PageChecks or SegmentSetting.TablespaceVersion;
        string expected = isFingerprint ? "was created with other "
            : isData ? "is over the data directory" : "Setting ";
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Strangers => new MatrixTheoryData<string, string>(
        ["segment", "lock"], ["pipe", "folder", "device", "link", "dangling link"]);

    // Nothing is waited for, nothing is followed, nothing is believed.
    [Theory]
    [MemberData(nameof(Strangers))]
    public void Open_NoPlainFileInItsPlace_IsRefused(string place, string kind)
    {
        using SharedScenario scenario = new();
        scenario.Folder.Make();
        string path = Path.Combine(scenario.Folder.Path, $"{SharedScenario.Name}.{place}");
        string victim = Path.Combine(scenario.DataDirectory, "victim");
        MakeStranger(kind, path, victim);
        Sharing sharing = scenario.Folder.Named(SharedScenario.Name);
        Background.Join(Background.Run(() =>
        {
            Assert.Throws<SharingException>(() => scenario.Open());
            Assert.Throws<SharingException>(() => ForebayInstance.Attach(sharing));
            Assert.Throws<SharingException>(() => SharedInstance.Find(sharing));
            Assert.Throws<SharingException>(() => AttachedView.Open(sharing));
        }));
        Assert.Equal(kind == "link", File.Exists(victim));
        Assert.Equal(kind == "link" ? "untouched" : "", kind == "link" ? File.ReadAllText(victim) : "");
    }

    private static void MakeStranger(string kind, string path, string victim)
    {
        switch (kind)
        {
            case "pipe":
                Run("mkfifo", "-m", "600", path);
                break;
            case "folder":
                Run("mkdir", "-m", "700", path);
                break;
            case "device":
                Assert.SkipUnless(ProcessCalls.EffectiveUser == 0, "only root can make devices");
                Run("mknod", "-m", "600", path, "c", "1", "3");
                break;
            case "link":
                File.WriteAllText(victim, "untouched");
                File.CreateSymbolicLink(path, victim);
                break;
            default:
                File.CreateSymbolicLink(path, victim);
                break;
        }
    }

    [Fact]
    public void Open_FolderIsALink_IsRefused()
    {
        using SharedScenario scenario = new();
        scenario.Folder.Make();
        string link = scenario.Folder.Path + "-link";
        File.CreateSymbolicLink(link, scenario.Folder.Path);
        try
        {
            ForebayOptions options = new(scenario.Options()) { Sharing = Sharing.Named("test", link) };
            Assert.Throws<SharingException>(() => scenario.Open(options));
        }
        finally
        {
            File.Delete(link);
        }

        Assert.Empty(scenario.Folder.Files);
    }

    [Fact]
    public void Open_FolderOfAnotherUser_IsRefused()
    {
        Assert.SkipUnless(ProcessCalls.EffectiveUser == 0, "only root can give folders away");
        using SharedScenario scenario = new();
        scenario.Folder.Make();
        Run("chown", "1234", scenario.Folder.Path);
        SharingException refusal = Assert.Throws<SharingException>(() => scenario.Open());
        Assert.Contains("belongs to user 1234", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(scenario.Folder.Files);
    }

    [Theory]
    [InlineData("chmod", "666")]
    [InlineData("chown", "1234")]
    public void Open_LockIsNotOursAlone_IsRefused(string program, string word)
    {
        Assert.SkipUnless(ProcessCalls.EffectiveUser == 0 || program == "chmod", "only root can give files away");
        using SharedScenario scenario = new();
        scenario.Folder.Make();
        string path = Path.Combine(scenario.Folder.Path, SharedScenario.Name + ".lock");
        File.WriteAllBytes(path, []);
        Mode("600", path);
        Run(program, word, path);
        Assert.Throws<SharingException>(() => scenario.Open());
        Assert.Throws<SharingException>(() => SharedInstance.Find(scenario.Folder.Named(SharedScenario.Name)));
    }

    [Fact]
    public void Open_HeaderFuzzed_IsRefusedOrUnchanged()
    {
        output.WriteLine($"seed {Stress.Seed}");
        Random random = new(Stress.Seed);
        using SharedScenario scenario = new();
        byte[] good = Good(scenario);
        using Holder holder = new(scenario, good);
        byte[] bad = new byte[SegmentHeader.Bytes]; // the header alone: whole copies would keep the collector busy
        for (int round = 0; round < 200 * Stress.Factor; round++)
        {
            good.AsSpan(0, bad.Length).CopyTo(bad);
            for (int change = random.Next(1, 5); change > 0; change--)
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            int settings = random.Next(16);
            if (random.Next(2) == 0)
                BinaryPrimitives.WriteInt64LittleEndian(bad.AsSpan(24 + (settings * 8)), random.NextInt64());
            holder.Write(bad);
            Attempt(() => AttachedView.Open(scenario.Folder.Named(SharedScenario.Name)).Dispose());
            Attempt(() => SharedInstance.Find(scenario.Folder.Named(SharedScenario.Name)));
            Attempt(() => scenario.Open().Dispose());
        }
    }

    [Fact]
    public void Open_FileOpenToOthers_IsRefusedAndStays()
    {
        using SharedScenario scenario = new();
        byte[] segment = Good(scenario);
        scenario.Folder.Write(SharedScenario.Name, segment);
        Mode("644", scenario.Folder.Segment(SharedScenario.Name));
        SharingException refusal = Assert.Throws<SharingException>(() => scenario.Open());
        Assert.Contains("open to others (mode 0644)", refusal.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(scenario.Folder.Segment(SharedScenario.Name)));
    }

    [Fact]
    public void Open_FolderOpenToOthers_IsRefused()
    {
        using SharedScenario scenario = new();
        scenario.Folder.Make();
        Mode("755", scenario.Folder.Path);
        SharingException refusal = Assert.Throws<SharingException>(() => scenario.Open());
        Assert.Contains("wants 0700", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderOnADisk_IsRefused()
    {
        using SharedScenario scenario = new();
        string folder = Path.Combine(scenario.DataDirectory, "segments");
        SharingException refusal = Assert.Throws<SharingException>(() => ForebayInstance.Open(
            scenario.DataDirectory,
            new ForebayOptions(scenario.Options()) { Sharing = Sharing.Named("test", folder) }));
        Assert.Contains("tmpfs or hugetlbfs", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_SymbolicLinkInItsPlace_IsRefused()
    {
        using SharedScenario scenario = new();
        scenario.Folder.Make();
        string victim = Path.Combine(scenario.Folder.Path, "victim");
        File.WriteAllText(victim, "untouched");
        File.CreateSymbolicLink(scenario.Folder.Segment(SharedScenario.Name), victim);
        Assert.Throws<SharingException>(() => scenario.Open());
        Assert.Equal("untouched", File.ReadAllText(victim));
    }

    [Fact]
    public void Open_FileOfAnotherUser_IsRefusedAndStays()
    {
        Assert.SkipUnless(ProcessCalls.EffectiveUser == 0, "only root can give files away");
        using SharedScenario scenario = new();
        byte[] segment = Good(scenario);
        scenario.Folder.Write(SharedScenario.Name, segment);
        Run("chown", "1234", scenario.Folder.Segment(SharedScenario.Name));
        SharingException refusal = Assert.Throws<SharingException>(() => scenario.Open());
        Assert.Contains("belongs to user 1234", refusal.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(scenario.Folder.Segment(SharedScenario.Name)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("name with blanks")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public void Named_NoName_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => Sharing.Named(name));

    private static byte[] Good(SharedScenario scenario)
    {
        using ForebayInstance instance = scenario.Open();
        return File.ReadAllBytes(scenario.Folder.Segment(SharedScenario.Name));
    }

    // Refused, or what was changed is of no consequence (a text, room that is not used).
    private static void Attempt(Action attempt)
    {
        try
        {
            attempt();
        }
        catch (Exception exception) when (exception is SharingException or InstanceStoppedException)
        {
        }
    }

    private static void Mode(string mode, string path) => Run("chmod", mode, path);

    private static void Run(string program, params string[] words)
    {
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start(program, words);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>Puts a file in the place and its lock on it, as if somebody lived there.</summary>
    private sealed class Holder : IDisposable
    {
        private readonly int _file;

        public Holder(SharedScenario scenario, ReadOnlySpan<byte> contents)
        {
            File.Delete(scenario.Folder.Segment(SharedScenario.Name));
            AttachTests.WriteSegment(scenario, contents);
            _file = FileSystemCalls.Open(scenario.Folder.Segment(SharedScenario.Name), FileOpenFlags.Write);
            Assert.Equal(0, FileLock.TryEnterShared(_file));
        }

        public void Write(ReadOnlySpan<byte> header) =>
            Assert.Equal(header.Length, FileSystemCalls.Write(_file, header, 0));

        public void Dispose() => _ = FileSystemCalls.Close(_file);
    }
}
