namespace Forebay.Streams;

/// <summary>What is remembered per block where nothing is.</summary>
internal readonly struct NoData;
