using Forebay.Storage;

namespace Forebay.Buffers;

/// <summary>What a run is about, the same for all runs of a stream.</summary>
/// <param name="Fork">The relation fork.</param>
/// <param name="Ring">Ring to take frames from, or null.</param>
/// <param name="PageCheck">Check id.</param>
internal sealed record ReadRunRequest(RelationFork Fork, StrategyRing? Ring, byte PageCheck);
