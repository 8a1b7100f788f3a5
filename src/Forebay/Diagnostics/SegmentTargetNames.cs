using System.Globalization;
using Forebay.Handles;
using Forebay.Storage;
using Forebay.Targets;

namespace Forebay.Diagnostics;

/// <summary>Names for who has nothing but a segment and the settings in its header.</summary>
internal sealed class SegmentTargetNames(int segmentBlocks, string tablespaceVersion) : ITargetNames
{
    /// <inheritdoc/>
    public string NameOf(byte targetId) => targetId switch
    {
        IoTargetIds.Relation => RelationTarget.TargetName,
        _ => string.Create(CultureInfo.InvariantCulture, $"target {targetId}"),
    };

    /// <inheritdoc/>
    public string Describe(byte targetId, in IoTargetData data) => targetId == IoTargetIds.Relation
        ? RelationTargetData.Unpack(data).Describe(segmentBlocks, tablespaceVersion)
        : NameOf(targetId);
}
