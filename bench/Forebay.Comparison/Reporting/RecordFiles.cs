using System.Text.Json;
using System.Text.Json.Serialization;
using Forebay.Comparison.Records;

namespace Forebay.Comparison.Reporting;

/// <summary>
/// One JSON file per series, so that a long comparison can be run in pieces and reported as a whole.
/// </summary>
internal sealed class RecordFiles(string folder)
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
    };

    private readonly string _folder = Path.Combine(folder, "series");

    public void Save(SeriesRecord record)
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(Path.Combine(_folder, $"{record.Slug}.json"), JsonSerializer.Serialize(record, s_options));
    }

    public SeriesRecord? Load(string slug)
    {
        string path = Path.Combine(_folder, $"{slug}.json");
        return File.Exists(path)
            ? JsonSerializer.Deserialize<SeriesRecord>(File.ReadAllText(path), s_options)
            : null;
    }
}
