using Forebay.Tidy.Layers;

namespace Forebay.Tidy.RuleTests;

/// <summary>"X and above" expanded, written out once more by hand so that a slip in the table is seen.</summary>
public sealed class LayerTableTests
{
    [Theory]
    [InlineData("Primitives", "")]
    [InlineData("Interop", "Primitives")]
    [InlineData("Memory", "Primitives Interop")]
    [InlineData("Telemetry", "Primitives Interop Memory")]
    [InlineData("Processes", "Primitives Interop Memory Telemetry")]
    [InlineData("Handles", "Primitives Memory Telemetry")]
    [InlineData("Callbacks", "Primitives Telemetry Handles")]
    [InlineData("Targets", "Primitives Telemetry Handles Interop")]
    [InlineData("Methods", "Primitives Telemetry Handles Targets Interop Memory Processes")]
    [InlineData("Engine", "Primitives Interop Memory Telemetry Processes Handles Callbacks Targets Methods")]
    [InlineData("Storage", "Primitives Interop Memory Telemetry Processes Handles Callbacks Targets Methods Engine")]
    [InlineData("Buffers",
        "Primitives Interop Memory Telemetry Processes Handles Callbacks Targets Methods Engine Storage")]
    [InlineData("Streams",
        "Primitives Interop Memory Telemetry Processes Handles Callbacks Targets Methods Engine Storage Buffers")]
    [InlineData("Wal",
        "Primitives Interop Memory Telemetry Processes Handles Callbacks Targets Methods Engine Storage")]
    [InlineData("Recovery",
        "Primitives Interop Memory Telemetry Processes Handles Callbacks Targets Methods Engine Storage Buffers "
            + "Streams Wal")]
    [InlineData("Takeover",
        "Primitives Interop Memory Telemetry Processes Handles Callbacks Targets Methods Engine Storage Buffers")]
    [InlineData("Diagnostics",
        "Primitives Interop Memory Telemetry Processes Handles Callbacks Targets Methods Engine Storage Buffers "
            + "Streams Wal Recovery")]
    [InlineData("",
        "Primitives Interop Memory Telemetry Processes Handles Callbacks Targets Methods Engine Storage Buffers "
            + "Streams Wal Recovery Takeover Diagnostics")]
    public void Find_EachRow_AllowsExactlyThese(string folder, string allowed)
    {
        Layer row = Assert.IsType<Layer>(LayerTable.Find(folder));

        Assert.Equal(allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(), row.Uses.Order());
    }

    [Fact]
    public void Rows_All_AreTheEighteenOfTheTable() => Assert.Equal(18, LayerTable.Rows.Count);

    [Fact]
    public void SingleTypes_WalOnly_SeesTheFlusherOfBuffers()
    {
        Layer row = Assert.Single(LayerTable.Rows, row => row.SingleTypes.Count > 0);

        Assert.Equal("Wal", row.Name);
        Assert.Equal("Forebay.Buffers.ILogFlusher", Assert.Single(row.SingleTypes));
    }
}
