using System.Globalization;
using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Pages;

namespace Forebay.PostgreSql.Scans;

/// <summary>What an instance has to be opened with, so that it fits a cluster.</summary>
public static class ClusterOptions
{
    /// <summary>The check that the cluster's pages must pass: header, and checksum if it has any.</summary>
    /// <param name="controlFile">The cluster's control file.</param>
    public static PostgreSqlPageCheck PageCheckFor(ControlFile controlFile)
    {
        ArgumentNullException.ThrowIfNull(controlFile);
        return controlFile.ChecksumVersion == 0
            ? PostgreSqlPageCheck.HeaderOnly
            : PostgreSqlPageCheck.HeaderAndChecksum;
    }

    /// <summary>Refuses an instance whose settings do not fit the cluster.</summary>
    /// <param name="options">What the instance was, or will be, opened with.</param>
    /// <param name="controlFile">The cluster's control file.</param>
    /// <exception cref="ArgumentException">A setting does not fit; the message names it and the value.</exception>
    public static void Check(ForebayOptions options, ControlFile controlFile)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(controlFile);
        Check(nameof(options.BlockBytes), options.BlockBytes, controlFile.BlockSize);
        Check(nameof(options.SegmentBlocks), options.SegmentBlocks, controlFile.SegmentBlocks);
        if (options.TablespaceVersionDirectory != controlFile.TablespaceDirectoryName)
        {
            throw new ArgumentException(
                $"{nameof(options.TablespaceVersionDirectory)} is {options.TablespaceVersionDirectory}; " +
                $"the cluster's is {controlFile.TablespaceDirectoryName}", nameof(options));
        }
    }

    private static void Check(string setting, long value, long wanted)
    {
        if (value != wanted)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"{setting} is {value}; the cluster's is {wanted}"));
        }
    }
}
