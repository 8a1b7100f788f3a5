namespace Forebay.Interop;

/// <summary>How a file is opened. Forebay's own numbers: the kernel's differ between architectures.</summary>
[Flags]
internal enum FileOpenFlags
{
    /// <summary>For reading only.</summary>
    None = 0,

    /// <summary>For reading and writing.</summary>
    Write = 1,

    /// <summary>Make the file if there is none.</summary>
    Create = 2,

    /// <summary>With <see cref="Create"/>: fail if there is one.</summary>
    Exclusive = 4,

    /// <summary>Transfers bypass the page cache; offsets, lengths and memory must be aligned.</summary>
    Direct = 8,

    /// <summary>Each write is durable when it returns, with the metadata that reading it back needs.</summary>
    DataSync = 16,

    /// <summary>Only if it is a directory.</summary>
    Directory = 32,

    /// <summary>A file without a name in the folder that the path names; gone when it is closed.</summary>
    Anonymous = 64,

    /// <summary>Not if the name is a symbolic link.</summary>
    NoFollow = 128,

    /// <summary>Opening waits for nobody, whatever kind of file it is: a pipe's other end, a device.</summary>
    NonBlocking = 256,
}
