namespace Forebay.Storage;

/// <summary>A segment file that is open, and stays open while the maker of this holds its lease.</summary>
/// <param name="Fork">The fork.</param>
/// <param name="Segment">Which of its files.</param>
/// <param name="Descriptor">The descriptor.</param>
internal readonly record struct SegmentFile(RelationFork Fork, int Segment, int Descriptor);
