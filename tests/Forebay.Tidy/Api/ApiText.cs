using System.Reflection;

namespace Forebay.Tidy.Api;

/// <summary>
/// The public face of an assembly as lines of text: one line for each type and each member that code outside can name,
/// each complete in itself, so that a change of one member is a change of one line.
/// </summary>
internal static class ApiText
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<string> Of(Assembly assembly) => Of(assembly.GetExportedTypes());

    public static IReadOnlyList<string> Of(IEnumerable<Type> types) =>
        [.. types.OrderBy(TypeName.Declared, StringComparer.Ordinal).SelectMany(Lines).Distinct()];

    private static IEnumerable<string> Lines(Type type)
    {
        yield return TypeLine.Of(type);
        if (typeof(Delegate).IsAssignableFrom(type))
            yield break;
        foreach (string line in type.GetMembers(Declared).Select(MemberLine.Of).OfType<string>()
            .Order(StringComparer.Ordinal))
            yield return $"{TypeName.Declared(type)}: {line}";
    }
}
