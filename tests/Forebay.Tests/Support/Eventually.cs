namespace Forebay.Tests.Support;

/// <summary>Waits for an observable state that other threads bring about.</summary>
internal static class Eventually
{
    // Far beyond what any machine needs: reached only when the state never comes.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>Returns when the condition holds; fails when it never does.</summary>
    public static void Holds(Func<bool> condition, string what) =>
        Assert.True(SpinWait.SpinUntil(condition, s_limit), $"never happened: {what}");

    /// <summary>As <see cref="Holds"/>, for a value; says what it was instead.</summary>
    public static void Equal<T>(T expected, Func<T> actual)
    {
        if (!SpinWait.SpinUntil(() => EqualityComparer<T>.Default.Equals(expected, actual()), s_limit))
            Assert.Equal(expected, actual());
    }
}
