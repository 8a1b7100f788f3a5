using Forebay.Handles;

namespace Shared;

/// <summary>What a test does at a hold point.</summary>
internal delegate void HoldHook(in IoHandleView handle, ref int rawResult);
