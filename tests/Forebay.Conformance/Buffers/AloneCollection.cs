namespace Forebay.Conformance.Buffers;

// Tests that look at what the whole process holds; nothing else may run beside them.
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public class AloneCollection;
