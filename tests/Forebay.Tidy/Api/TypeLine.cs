using System.Reflection;
using System.Runtime.CompilerServices;

namespace Forebay.Tidy.Api;

/// <summary>A type's own line: kind, modifiers, what it derives from, constraints.</summary>
internal static class TypeLine
{
    public static string Of(Type type)
    {
        string access = type.IsNestedFamily || type.IsNestedFamORAssem ? "protected" : "public";
        string line = $"{TypeName.Declared(type)}: {access} {Kind(type)}";
        var bases = Bases(type).ToList();
        if (bases.Count > 0)
            line += " : " + string.Join(", ", bases);
        int inherited = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        return line + Constraints.Of(type.GetGenericArguments()[inherited..]);
    }

    private static string Kind(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
            return "delegate " + MemberLine.Signature(type.GetMethod("Invoke")!);
        if (type.IsEnum)
            return (type.IsDefined(typeof(FlagsAttribute)) ? "[Flags] " : "") + "enum";
        if (type.IsInterface)
            return "interface";
        if (type.IsValueType)
        {
            string modifiers = type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "";
            return modifiers + (type.IsByRefLike ? "ref struct" : "struct");
        }
        return type switch
        {
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
    }

    private static IEnumerable<string> Bases(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
            yield break;
        if (type.IsEnum)
        {
            yield return TypeName.Used(Enum.GetUnderlyingType(type));
            yield break;
        }
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
            yield return TypeName.Used(parent);
        foreach (string name in type.GetInterfaces().Where(i => i.IsVisible).Select(i => TypeName.Used(i))
            .Order(StringComparer.Ordinal))
            yield return name;
    }
}
