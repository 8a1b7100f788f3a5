using Forebay.Buffers;
namespace Forebay.Streams;
/// <summary>Stub.</summary>
public readonly struct PinnedPage { internal PinnedPage(BufferSession s, BufferPin p, uint block) {} }
