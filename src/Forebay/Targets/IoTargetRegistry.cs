using Forebay.Primitives;

namespace Forebay.Targets;

/// <summary>The targets of an instance by id.</summary>
internal sealed class IoTargetRegistry() : IdRegistry<IoTarget>("I/O target", IoTargetIds.Max)
{
    /// <inheritdoc/>
    protected override string NameOf(IoTarget item) => item.Name;
}
