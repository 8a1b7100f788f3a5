namespace Forebay.Primitives;

/// <summary>What a test sees instead of the end of the process when it breaks an invariant deliberately.</summary>
internal sealed class InvariantException(string message) : Exception(message);
