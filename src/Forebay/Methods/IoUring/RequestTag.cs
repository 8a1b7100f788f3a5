namespace Forebay.Methods.IoUring;

/// <summary>
/// The number that travels with a request through the kernel: handle index, and 32 bits of the generation, so that a
/// completion that comes twice or late is noticed and never taken for the handle's next use.
/// </summary>
/// <param name="Value">What the kernel carries.</param>
internal readonly record struct RequestTag(ulong Value)
{
    /// <summary>The tag of one use of a handle.</summary>
    public static RequestTag Of(int handle, long generation) => new(((ulong)(uint)generation << 32) | (uint)handle);

    /// <summary>Index of the handle.</summary>
    public int Handle => (int)(uint)Value;

    /// <summary>Whether the tag belongs to this use.</summary>
    public bool Names(long generation) => (uint)(Value >> 32) == (uint)generation;
}
