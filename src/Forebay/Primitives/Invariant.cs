using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Forebay.Primitives;

/// <summary>
/// Checks that stay on in every build. A broken invariant is a defect of this library, never bad input and never a
/// failing disk; to go on would risk wrong pages, so the process ends with the invariant's sentence.
/// </summary>
internal static class Invariant
{
    // Set only by tests, on the thread that is about to break an invariant deliberately.
    [ThreadStatic]
    private static bool s_throwOnThisThread;

    /// <summary>Ends the process with <paramref name="message"/> unless <paramref name="holds"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Check([DoesNotReturnIf(false)] bool holds, string message)
    {
        if (!holds)
            Fail(message);
    }

    /// <summary>As <see cref="Check(bool, string)"/>, with what was found and what was expected.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Check<T>([DoesNotReturnIf(false)] bool holds, string message, T found, T expected)
        where T : struct
    {
        if (!holds)
            Fail(message, found, expected);
    }

    /// <summary>Ends the process: this place cannot be reached.</summary>
    [DoesNotReturn]
    public static void Fail(string message)
    {
        if (s_throwOnThisThread)
            throw new InvariantException(message);
        Environment.FailFast("Forebay invariant broken: " + message);
        throw new InvariantException(message);
    }

    [DoesNotReturn]
    private static void Fail<T>(string message, T found, T expected)
        where T : struct =>
        Fail($"{message}: found {found}, expected {expected}");

    /// <summary>
    /// Within the returned scope a broken invariant throws on this thread, so that a test can see it.
    /// </summary>
    internal static TestScope ThrowOnThisThread()
    {
        s_throwOnThisThread = true;
        return default;
    }

    /// <summary>Ends <see cref="ThrowOnThisThread"/>.</summary>
    internal readonly struct TestScope : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => s_throwOnThisThread = false;
    }
}
