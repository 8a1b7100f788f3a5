using Forebay.Handles;

namespace Shared;

/// <summary>What a test does in a completion hook.</summary>
internal delegate IoResult CompletionHook(in IoHandleView handle, IoResult result, byte data);
