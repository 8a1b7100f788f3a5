namespace Forebay.Tests.Methods.Worker;

/// <summary>Several parties over shared state, each of which takes one step at a time; no threads.</summary>
internal interface IParties
{
    /// <summary>Most parties.</summary>
    int Count { get; }

    /// <summary>Writes down who has a step to take now.</summary>
    /// <returns>How many have; zero = this is the end.</returns>
    int WhoCanMove(Span<int> movers);

    /// <summary>Lets one of them take its step, and checks what must hold after every step.</summary>
    void Move(int who);

    /// <summary>Checks what must hold when nobody can move any more.</summary>
    void AssertEnd();
}
