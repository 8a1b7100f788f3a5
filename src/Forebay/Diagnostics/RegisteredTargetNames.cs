using System.Globalization;
using Forebay.Handles;
using Forebay.Primitives;
using Forebay.Targets;

namespace Forebay.Diagnostics;

/// <summary>Names by the targets that this process has registered.</summary>
internal sealed class RegisteredTargetNames(IoTargetRegistry targets) : ITargetNames
{
    /// <inheritdoc/>
    public string NameOf(byte targetId) => targets.Find(targetId)?.Name ?? Unknown(targetId);

    /// <inheritdoc/>
    public string Describe(byte targetId, in IoTargetData data)
    {
        if (targets.Find(targetId) is not { } target)
            return Unknown(targetId);
        try
        {
            return target.Describe(data);
        }
#pragma warning disable CA1031 // a target from outside that cannot name what it is about does not take the view with it
        catch (Exception exception) when (exception is not InvariantException)
#pragma warning restore CA1031
        {
            return $"({target.Name}: {exception.Message})";
        }
    }

    private static string Unknown(byte id) => string.Create(CultureInfo.InvariantCulture, $"target {id}");
}
