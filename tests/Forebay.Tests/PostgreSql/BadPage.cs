using System.Globalization;
using System.Text.RegularExpressions;

namespace Forebay.Tests.PostgreSql;

/// <summary>A page whose stored checksum is not the one that its content has.</summary>
/// <param name="File">The file, relative to the data directory.</param>
/// <param name="Block">The block within that file.</param>
/// <param name="Calculated">The checksum that its content has.</param>
/// <param name="Stored">The checksum that it carries.</param>
public sealed partial record BadPage(string File, uint Block, ushort Calculated, ushort Stored)
{
    /// <summary>The bad pages that PostgreSQL itself found in the damaged copy, in order of file and block.</summary>
    public static List<BadPage> OfCorruptedCluster() =>
    [
        .. ClusterFixture.Expected("pg_checksums_corrupted.txt")
            .Select(static line => Pattern().Match(line))
            .Where(static match => match.Success)
            .Select(static match => new BadPage(
                match.Groups[1].Value,
                uint.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture),
                ushort.Parse(match.Groups[3].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                ushort.Parse(match.Groups[4].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)))
            .OrderBy(static page => page.File, StringComparer.Ordinal)
            .ThenBy(static page => page.Block),
    ];

    [GeneratedRegex("in file \"(.+)\", block (\\d+): calculated checksum ([0-9A-F]+) but block contains ([0-9A-F]+)$")]
    private static partial Regex Pattern();
}
