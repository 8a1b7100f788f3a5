namespace Forebay.Tidy.Layers;

/// <summary>
/// Who may use whom in <c>src/Forebay</c>, top row lowest. "X and above" is X's own folder and every row over it.
/// Primitives and Telemetry are open to every row below them. A new folder needs a row here and a line in
/// docs/architecture.md.
/// </summary>
internal static class LayerTable
{
    private static readonly string[] s_openToAllBelow = ["Primitives", "Telemetry"];

    /// <summary>The rooms inside Methods: each may use what Methods itself holds, none may use another.</summary>
    public static readonly IReadOnlySet<string> SeparateMethods =
        new HashSet<string> { "Synchronous", "Worker", "IoUring" };

    private static readonly List<Layer> s_rows = [];

    static LayerTable()
    {
        Row("Primitives");
        Row("Interop");
        Row("Memory", uses: ["Interop"]);
        Row("Telemetry", andAbove: "Memory");
        Row("Processes", uses: ["Interop", "Memory"]);
        Row("Handles", uses: ["Memory"]);
        Row("Callbacks", uses: ["Handles"]);
        Row("Targets", uses: ["Handles", "Interop"]);
        Row("Methods", uses: ["Handles", "Targets", "Interop",
            "Memory", "Processes"]);      // never Callbacks: they report to a sink
        Row("Engine", andAbove: "Methods");
        Row("Storage", andAbove: "Engine");
        Row("Buffers", andAbove: "Storage");
        Row("Streams", andAbove: "Buffers");
        Row("Wal", andAbove: "Storage", singleTypes: ["Forebay.Buffers.ILogFlusher"]);
        Row("Recovery", andAbove: "Wal", uses: ["Buffers", "Streams", "Wal"]);
        Row("Takeover", andAbove: "Buffers");
        Row("Diagnostics", andAbove: "Recovery");
        Row("", andAbove: "Diagnostics");
    }

    public static IReadOnlyList<Layer> Rows => s_rows;

    public static Layer? Find(string name) => s_rows.Find(row => row.Name == name);

    private static void Row(string name, string[]? uses = null, string? andAbove = null, string[]? singleTypes = null)
    {
        var set = new HashSet<string>(uses ?? []);
        if (andAbove is not null)
            set.UnionWith(s_rows.Take(s_rows.FindIndex(row => row.Name == andAbove) + 1).Select(row => row.Name));
        set.UnionWith(s_openToAllBelow.Where(open => s_rows.Exists(row => row.Name == open)));
        s_rows.Add(new Layer(name, set, new HashSet<string>(singleTypes ?? [])));
    }
}
