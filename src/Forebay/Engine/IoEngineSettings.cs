namespace Forebay.Engine;

/// <summary>Sizes of an engine, resolved and validated by the façade.</summary>
/// <param name="Sessions">Most sessions open at a time.</param>
/// <param name="Concurrency">Handles per session (<c>io_max_concurrency</c>).</param>
/// <param name="CombineMax">Most frames per operation (<c>io_max_combine_limit</c>).</param>
internal sealed record IoEngineSettings(int Sessions, int Concurrency, int CombineMax)
{
    /// <summary>Most operations staged before they are submitted.</summary>
    public const int BatchMax = 32;
}
