using System.Runtime.InteropServices;
using Forebay.Interop;

namespace Forebay.Tests.Interop;

public sealed class FileSystemCallTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("forebay-calls-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ToNative_EachArchitecture_HasItsOwnNumbers()
    {
        (FileOpenFlags Flags, int X64, int Arm64)[] table =
        [
            (FileOpenFlags.None, 0x80000, 0x80000),
            (FileOpenFlags.Write | FileOpenFlags.Create | FileOpenFlags.Exclusive, 0x800C2, 0x800C2),
            (FileOpenFlags.Direct, 0x84000, 0x90000),
            (FileOpenFlags.DataSync, 0x81000, 0x81000),
            (FileOpenFlags.Directory, 0x90000, 0x84000),
            (FileOpenFlags.Anonymous | FileOpenFlags.Write, 0x490002, 0x484002),
        ];

        foreach ((FileOpenFlags flags, int x64, int arm64) in table)
        {
            Assert.Equal(x64, FileSystemCalls.ToNative(flags, Architecture.X64));
            Assert.Equal(arm64, FileSystemCalls.ToNative(flags, Architecture.Arm64));
        }
    }

    [Fact]
    public void Status_FileAndFolder_TellsLengthKindAndDevice()
    {
        string path = NewFile("file", 12345);

        Assert.Equal(0, FileSystemCalls.Status(path, out FileStatus file));
        Assert.Equal(0, FileSystemCalls.Status(_folder, out FileStatus folder));

        Assert.Equal(12345, file.Length);
        Assert.False(file.IsDirectory);
        Assert.True(folder.IsDirectory);
        Assert.Equal((folder.DeviceMajor, folder.DeviceMinor), (file.DeviceMajor, file.DeviceMinor));
        Assert.True(!file.StatesDirect || int.IsPow2(file.DirectOffsetAlignment) || file.DirectOffsetAlignment == 0);
        int descriptor = FileSystemCalls.Open(path, FileOpenFlags.None);
        Assert.Equal(0, FileSystemCalls.Status(descriptor, out FileStatus open));
        Assert.Equal(file, open);
        Assert.Equal(12345, FileSystemCalls.Length(descriptor));
        Assert.Equal(0, FileSystemCalls.Close(descriptor));
    }

    [Fact]
    public void EveryCall_OnNothing_ReturnsErrno()
    {
        string missing = Path.Combine(_folder, "missing");
        const int BadDescriptor = -(int)Errno.BadDescriptor;

        Assert.Equal(-(int)Errno.NoEntry, FileSystemCalls.Open(missing, FileOpenFlags.None));
        Assert.Equal(-(int)Errno.NoEntry, FileSystemCalls.Unlink(missing));
        Assert.Equal(-(int)Errno.NoEntry, FileSystemCalls.Status(missing, out FileStatus _));
        Assert.Equal(BadDescriptor, FileSystemCalls.Close(-1));
        Assert.Equal(BadDescriptor, FileSystemCalls.Length(-1));
        Assert.Equal(BadDescriptor, FileSystemCalls.Truncate(-1, 0));
        Assert.Equal(BadDescriptor, FileSystemCalls.Allocate(-1, 0, 1));
        Assert.Equal(BadDescriptor, FileSystemCalls.Advise(-1, 0, 1, FileAdvice.WillNeed));
        Assert.Equal(BadDescriptor, FileSystemCalls.Status(-1, out FileStatus _));
        Assert.Equal(BadDescriptor, FileSystemCalls.Read(-1, new byte[1], 0));
        Assert.Equal(BadDescriptor, FileSystemCalls.Write(-1, [1], 0));
        Assert.Equal(0, FileSystemCalls.FileSystemType(-1));
    }

    [Fact]
    public void ReadWrite_AtAPlace_TouchNothingElse()
    {
        string path = NewFile("file", 100);
        int descriptor = FileSystemCalls.Open(path, FileOpenFlags.Write);

        Assert.Equal(3, FileSystemCalls.Write(descriptor, [7, 8, 9], 50));
        byte[] read = new byte[5];
        Assert.Equal(5, FileSystemCalls.Read(descriptor, read, 49));
        Assert.Equal([0, 7, 8, 9, 0], read);
        Assert.Equal(2, FileSystemCalls.Read(descriptor, read, 98));
        Assert.Equal(0, FileSystemCalls.Read(descriptor, read, 100));

        Assert.Equal(0, FileSystemCalls.Truncate(descriptor, 10));
        Assert.Equal(10, FileSystemCalls.Length(descriptor));
        Assert.Equal(0, FileSystemCalls.Advise(descriptor, 0, 0, FileAdvice.DontNeed));
        Assert.Equal(0, FileSystemCalls.Close(descriptor));
    }

    [Fact]
    public void Open_Flags_DoWhatTheySay()
    {
        string path = NewFile("file", 1);

        Assert.Equal(
            -(int)Errno.Exists, FileSystemCalls.Open(path, FileOpenFlags.Create | FileOpenFlags.Exclusive));
        Assert.Equal(-(int)Errno.NotDirectory, FileSystemCalls.Open(path, FileOpenFlags.Directory));
        Assert.Equal(-(int)Errno.IsDirectory, FileSystemCalls.Open(_folder, FileOpenFlags.Write));
        int readOnly = FileSystemCalls.Open(path, FileOpenFlags.None);
        Assert.Equal(-(int)Errno.BadDescriptor, FileSystemCalls.Write(readOnly, [1], 0));
        Assert.Equal(0, FileSystemCalls.Close(readOnly));
        Assert.True(FileSystemCalls.OpenFilesLimit() > 0);
    }

    private string NewFile(string name, int bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, new byte[bytes]);
        return path;
    }
}
