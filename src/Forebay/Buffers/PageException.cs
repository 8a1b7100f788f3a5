using Forebay.Handles;
using Forebay.Storage;
using Forebay.Targets;

namespace Forebay.Buffers;

/// <summary>Pages were read that are not what was written: their checksum or their structure is wrong.</summary>
public sealed class PageException : IOException
{
    private PageException(string message, uint firstBadBlock, int badPages, int checksumFailures)
        : base(message)
    {
        FirstBadBlock = firstBadBlock;
        BadPages = badPages;
        ChecksumFailures = checksumFailures;
    }

    /// <summary>Block number, in the relation fork, of the first page that the message is about.</summary>
    public uint FirstBadBlock { get; }

    /// <summary>Pages of the operation that are bad (or were replaced by zeros).</summary>
    public int BadPages { get; }

    /// <summary>Pages whose checksum failed, those included that were accepted all the same.</summary>
    public int ChecksumFailures { get; }

    internal static PageException From(PageFaults faults, IoStatus status, IoTarget relation, in IoTargetData target)
    {
        uint block = RelationTargetData.Unpack(target).Block + (uint)faults.First;
        string place = relation.Describe(target);
        string message = (status == IoStatus.Error, faults.Zeroed, faults.Ignored) switch
        {
            (true, _, _) when faults.Bad == 1 => $"Invalid page in block {block} ({place}).",
            (true, _, _) => $"{faults.Bad} invalid pages, the first in block {block} ({place}).",
            (false, true, true) =>
                $"{faults.Bad} pages were replaced by zeros and {faults.ChecksumFailures} checksum failures counted, "
                + $"the first in block {block} ({place}).",
            (false, true, false) when faults.Bad == 1 =>
                $"Invalid page in block {block} was replaced by zeros ({place}).",
            (false, true, false) =>
                $"{faults.Bad} invalid pages were replaced by zeros, the first in block {block} ({place}).",
            (false, false, _) when faults.ChecksumFailures == 1 =>
                $"Checksum failure in block {block} was ignored ({place}).",
            (false, false, _) =>
                $"{faults.ChecksumFailures} checksum failures were ignored, the first in block {block} ({place}).",
        };
        return new PageException(message, block, faults.Bad, faults.ChecksumFailures);
    }
}
