using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Forebay.Tool.Output;

/// <summary>A page checksum as PostgreSQL prints it: upper-case hexadecimal without padding, in a string.</summary>
internal sealed class ChecksumConverter : JsonConverter<ushort>
{
    /// <inheritdoc/>
    public override ushort Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ushort.Parse(reader.GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ushort value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString("X", CultureInfo.InvariantCulture));
}
