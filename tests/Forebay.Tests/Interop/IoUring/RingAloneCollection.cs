namespace Forebay.Tests.Interop.IoUring;

// Tests that look at what the whole process holds; nothing else may run beside them.
[CollectionDefinition(nameof(RingAloneCollection), DisableParallelization = true)]
public class RingAloneCollection;
