using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Forebay.Processes;

/// <summary>
/// The beginning of a segment: what it is, and what everybody in it agrees on. Written by the creator before anybody
/// else looks, except state and reason. Whoever opens the file believes nothing of it before
/// <see cref="NamedSegment"/> has checked it.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal struct SegmentHeader
{
    /// <summary>Size in bytes.</summary>
    public const int Bytes = 8192;

    /// <summary>The first eight bytes of every segment.</summary>
    public const long MagicNumber = 0x3159_4142_4552_4F46; // "FOREBAY1"

    /// <summary>Goes up with every change of a record, of the order of regions, or of a protocol on them.</summary>
    public const int LayoutVersion = 2;

    /// <summary>Says that it is a segment.</summary>
    public long Magic;

    /// <summary>Layout version.</summary>
    public int Version;

    /// <summary>A <see cref="SegmentState"/>.</summary>
    public int StateNumber;

    /// <summary>Bytes that the layout reserves.</summary>
    public long TotalLength;

    /// <summary>Values by <see cref="SegmentSetting"/>.</summary>
    public SettingValues Settings;

    /// <summary>The data directory's path, for people and for those who attach by name alone.</summary>
    public PathText DataDirectory;

    /// <summary>Name of the version directory inside tablespaces.</summary>
    public NameText TablespaceVersion;

    /// <summary>Name of the instance's page check; empty = none.</summary>
    public NameText PageCheck;

    /// <summary>Why the instance has stopped.</summary>
    public ReasonText StopReason;

    /// <summary>What the segment as a whole is.</summary>
    public SegmentState State
    {
        readonly get => (SegmentState)Volatile.Read(in StateNumber); // acquire: all of the header comes with Ready
        set => Volatile.Write(ref StateNumber, (int)value); // release: as above; the reason with Stopped
    }

    /// <summary>Text from zero-terminated UTF-8; what is no text shows as replacement characters.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>Writes zero-terminated UTF-8.</summary>
    /// <returns>False if it does not fit; then nothing was written.</returns>
    public static bool TrySetText(Span<byte> bytes, string text)
    {
        if (Encoding.UTF8.GetByteCount(text) >= bytes.Length)
            return false;
        bytes.Clear();
        Encoding.UTF8.GetBytes(text, bytes);
        return true;
    }

    /// <summary>Room for settings.</summary>
    [InlineArray(32)]
    internal struct SettingValues
    {
        private long _first;
    }

    /// <summary>Room for a path.</summary>
    [InlineArray(4096)]
    internal struct PathText
    {
        private byte _first;
    }

    /// <summary>Room for a name.</summary>
    [InlineArray(256)]
    internal struct NameText
    {
        private byte _first;
    }

    /// <summary>Room for a sentence or two.</summary>
    [InlineArray(1024)]
    internal struct ReasonText
    {
        private byte _first;
    }
}
