namespace Forebay.Tidy.Layers;

/// <summary>
/// One row: a folder of <c>src/Forebay</c> (empty for the root namespace), the folders whose every type it may use, and
/// single types that it may use of a folder that is otherwise closed to it.
/// </summary>
internal sealed record Layer(string Name, IReadOnlySet<string> Uses, IReadOnlySet<string> SingleTypes)
{
    public string Title => Name.Length == 0 ? "the root namespace" : Name;
}
