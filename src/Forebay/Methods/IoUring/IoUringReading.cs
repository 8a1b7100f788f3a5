namespace Forebay.Methods.IoUring;

/// <summary>What the method does at the moment and how it was set up, for views.</summary>
/// <param name="DeviceBudget">Most operations in flight.</param>
/// <param name="InFlight">Operations in flight.</param>
/// <param name="Waiting">Operations over budget.</param>
/// <param name="Overflowed">Operations that were over budget at some time.</param>
/// <param name="Awaiting">Asynchronous waits under way.</param>
/// <param name="FileSlots">Open files that can be registered with the kernel at a time; zero = none.</param>
/// <param name="WhyNoFixedBuffers">Null if the pool is registered with the kernel, else why not.</param>
/// <param name="WhyNoFixedScatter">Null if scattered transfers use registered memory too, else why not.</param>
/// <param name="WhyNoFixedFiles">Null if open files are registered with the kernel, else why not.</param>
/// <param name="WhyFewerRings">Null if there are as many rings as asked for, else why not.</param>
public sealed record IoUringReading(
    int DeviceBudget,
    int InFlight,
    int Waiting,
    long Overflowed,
    int Awaiting,
    int FileSlots,
    string? WhyNoFixedBuffers,
    string? WhyNoFixedScatter,
    string? WhyNoFixedFiles,
    string? WhyFewerRings);
