using Forebay.Handles;

namespace Shared;

/// <summary>What a test does in a stage hook.</summary>
internal delegate void StageHook(in IoHandleView handle, byte data);
