using System.Runtime.InteropServices;

namespace Forebay.Interop;

/// <summary>One piece of memory of a scattered transfer, laid out as the kernel's <c>struct iovec</c>.</summary>
/// <param name="Address">First byte; must stay valid and unmoved until the operation has completed.</param>
/// <param name="Length">Length in bytes.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct IoVector(nint Address, nuint Length);
