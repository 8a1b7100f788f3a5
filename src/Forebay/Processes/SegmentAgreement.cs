namespace Forebay.Processes;

/// <summary>
/// What a process brings to a shared segment, to be written into the header by the creator and compared with it by
/// everybody else.
/// </summary>
internal sealed class SegmentAgreement
{
    private readonly List<Entry> _entries = [];

    /// <summary>Path of the data directory.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Name of the version directory inside tablespaces.</summary>
    public required string TablespaceVersion { get; init; }

    /// <summary>Name of the page check; empty = none.</summary>
    public required string PageCheck { get; init; }

    /// <summary>Adds a setting.</summary>
    /// <param name="setting">Its place.</param>
    /// <param name="name">What users call it.</param>
    /// <param name="value">Its value here.</param>
    /// <param name="show">How a value is shown; null = as a number.</param>
    public void Add(SegmentSetting setting, string name, long value, Func<long, string>? show = null) =>
        _entries.Add(new Entry(setting, name, value, show ?? (static number => $"{number}")));

    /// <summary>Adds a fingerprint: where it differs, its value says nothing to anybody.</summary>
    /// <param name="setting">Its place.</param>
    /// <param name="what">What differs then.</param>
    /// <param name="fingerprint">Its value here.</param>
    public void AddFingerprint(SegmentSetting setting, string what, ulong fingerprint) =>
        _entries.Add(new Entry(setting, what, (long)fingerprint, null));

    /// <summary>Writes all of it into the header.</summary>
    /// <exception cref="SharingException">A text is longer than its room.</exception>
    public void WriteTo(ref SegmentHeader header)
    {
        foreach (Entry entry in _entries)
            header.Settings[(int)entry.Setting] = entry.Value;
        if (!SegmentHeader.TrySetText(header.DataDirectory, DataDirectory)
            || !SegmentHeader.TrySetText(header.TablespaceVersion, TablespaceVersion)
            || !SegmentHeader.TrySetText(header.PageCheck, PageCheck))
        {
            throw new SharingException($"The path '{DataDirectory}', or the name '{TablespaceVersion}' or "
                + $"'{PageCheck}', is too long for a shared instance.");
        }
    }

    /// <summary>Compares with what a header says.</summary>
    /// <exception cref="SharingException">Something differs; the message names it, with both values.</exception>
    public void Compare(in SegmentHeader header, string instance)
    {
        foreach (Entry entry in _entries)
        {
            long there = header.Settings[(int)entry.Setting];
            if (there == entry.Value)
                continue;
            if (entry.Setting is SegmentSetting.DataDevice or SegmentSetting.DataInode)
            {
                throw new SharingException($"The shared instance '{instance}' is over the data directory "
                    + $"'{SegmentHeader.Text(header.DataDirectory)}', not over '{DataDirectory}'.");
            }

            throw new SharingException(entry.Show is null
                ? $"The shared instance '{instance}' was created with other {entry.Name} than are registered here: "
                    + "ids and names must be the same in each process."
                : $"Setting {entry.Name} is {entry.Show(there)} in the shared instance '{instance}' and "
                    + $"{entry.Show(entry.Value)} here: all of its processes must have the same.");
        }
    }

    private sealed record Entry(SegmentSetting Setting, string Name, long Value, Func<long, string>? Show);
}
