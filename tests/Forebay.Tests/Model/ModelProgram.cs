namespace Forebay.Tests.Model;

/// <summary>
/// What one thread does, as numbered steps. A step touches shared memory once at most: between any two steps every
/// other thread may run. Steps continue with the next one unless they go elsewhere.
/// </summary>
internal sealed class ModelProgram(string name)
{
    private readonly List<(string Name, Action<ModelThread> Body)> _steps = [];
    private readonly Dictionary<string, int> _labels = [];

    public string Name => name;

    public int Length => _steps.Count;

    /// <summary>Names the place of the next step.</summary>
    public ModelProgram Label(string label)
    {
        _labels.Add(label, _steps.Count);
        return this;
    }

    public ModelProgram Step(string what, Action<ModelThread> body)
    {
        _steps.Add((what, body));
        return this;
    }

    /// <summary>A step that only some variant of the program has.</summary>
    public ModelProgram StepIf(bool included, string what, Action<ModelThread> body) =>
        included ? Step(what, body) : this;

    public int Place(string label) => _labels[label];

    public (string Name, Action<ModelThread> Body) this[int step] => _steps[step];
}
