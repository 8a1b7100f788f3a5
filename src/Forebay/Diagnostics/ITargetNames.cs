using Forebay.Handles;

namespace Forebay.Diagnostics;

/// <summary>
/// Names targets to people. An instance asks its targets; who only looks at a segment knows what its bytes say.
/// </summary>
internal interface ITargetNames
{
    /// <summary>Kind of target.</summary>
    string NameOf(byte targetId);

    /// <summary>File and blocks.</summary>
    string Describe(byte targetId, in IoTargetData data);
}
