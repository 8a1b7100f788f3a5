using System.Runtime.InteropServices;

namespace Forebay.Processes;

/// <summary>
/// A process slot in the segment. Its owner writes it, except the word (moved by compare-and-swap) and the signal.
/// The second line is what others read and write while the owner works.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct ProcessRecord
{
    [FieldOffset(0)] private long _word;

    /// <summary>When the process was started: with its number, which process it is.</summary>
    [FieldOffset(8)] public long StartTime;

    /// <summary>Number of the process, for people and to watch it; nothing is decided by it.</summary>
    [FieldOffset(16)] public int Process;

    /// <summary>A <see cref="RingLockState"/>: written by its owner, and by who takes over once it is dead.</summary>
    [FieldOffset(20)] public int RingLock;

    /// <summary>Operations that it has at the device.</summary>
    [FieldOffset(24)] public int DeviceInFlight;

    /// <summary>Whether it has marked its opening of the segment: 1 or 0. Written before it is Live.</summary>
    [FieldOffset(28)] public int HasMark;

    /// <summary>Futex word that its helper thread sleeps on; incremented to make it look.</summary>
    [FieldOffset(64)] public int HelperSignal;

    /// <summary>Asynchronous waits that are registered in it.</summary>
    [FieldOffset(68)] public int AsyncWaiting;

    /// <summary>How often others have asked it to look after its rings.</summary>
    [FieldOffset(72)] public int HelpWanted;

    /// <summary>Slot state and generation.</summary>
    public readonly ProcessWord Word => new(Volatile.Read(in _word)); // acquire: who it is was written before Live

    /// <summary>Moves the word if it is still as seen.</summary>
    public bool TryMove(ProcessWord seen, ProcessWord next) =>
        // Full fence: what was written to the record is visible with the new state.
        Interlocked.CompareExchange(ref _word, next.Raw, seen.Raw) == seen.Raw;
}
