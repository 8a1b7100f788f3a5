using System.Text.Json.Serialization;
using Forebay.Tool.Benchmarks;
using Forebay.Tool.Commands;
using Forebay.Tool.Tables;
using Forebay.Tool.Vacuuming;
using Forebay.Tool.Verifying;
using Forebay.Tool.Watching;

namespace Forebay.Tool.Output;

/// <summary>The objects that --json prints; names are part of the tool's interface.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(VerifyReport))]
[JsonSerializable(typeof(BenchReport))]
[JsonSerializable(typeof(MethodsReport))]
[JsonSerializable(typeof(TablesReport))]
[JsonSerializable(typeof(VacuumTables))]
[JsonSerializable(typeof(InFlightReport))]
[JsonSerializable(typeof(StatReport))]
[JsonSerializable(typeof(BuffersReport))]
[JsonSerializable(typeof(TopReport))]
internal sealed partial class ToolJson : JsonSerializerContext;
