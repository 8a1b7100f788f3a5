namespace Forebay.Tool.Scanning.Output;

/// <summary>How rows are printed.</summary>
internal enum RowFormat
{
    /// <summary>As <c>COPY … CSV HEADER</c> prints them.</summary>
    Csv,

    /// <summary>A JSON object a line.</summary>
    Json,

    /// <summary>Not at all.</summary>
    None,
}
