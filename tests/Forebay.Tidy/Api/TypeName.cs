using System.Reflection;

namespace Forebay.Tidy.Api;

/// <summary>Types as one writes them in C#: keywords, generic arguments, nullability.</summary>
internal static class TypeName
{
    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void", [typeof(object)] = "object", [typeof(string)] = "string", [typeof(bool)] = "bool",
        [typeof(char)] = "char", [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short",
        [typeof(ushort)] = "ushort", [typeof(int)] = "int", [typeof(uint)] = "uint", [typeof(long)] = "long",
        [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double",
        [typeof(decimal)] = "decimal", [typeof(nint)] = "nint", [typeof(nuint)] = "nuint",
    };

    /// <summary>The full name of a declared type, with its own parameters:
    /// <c>Forebay.Streams.Source&lt;T&gt;</c>.</summary>
    public static string Declared(Type type)
    {
        string prefix = type.DeclaringType is { } outer ? Declared(outer) + "." : type.Namespace + ".";
        return prefix + Simple(type) + Arguments(type, own => own.Name);
    }

    /// <summary>A use of a type. Types of Forebay and of System lose their namespace where it says nothing
    /// new.</summary>
    public static string Used(Type type, NullabilityInfo? nullability = null)
    {
        string mark = nullability is { ReadState: NullabilityState.Nullable } && !type.IsValueType ? "?" : "";
        if (type.IsByRef)
            return Used(type.GetElementType()!, nullability?.ElementType);
        if (type.IsPointer)
            return Used(type.GetElementType()!) + "*";
        if (type.IsArray)
        {
            string commas = new(',', type.GetArrayRank() - 1);
            return $"{Used(type.GetElementType()!, nullability?.ElementType)}[{commas}]{mark}";
        }
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Used(inner) + "?";
        if (type.IsGenericParameter)
            return type.Name + mark;
        if (s_keywords.TryGetValue(type, out string? keyword))
            return keyword + mark;

        NullabilityInfo[] infos = nullability?.GenericTypeArguments ?? [];
        int index = 0;
        int inherited = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        string Argument(Type argument)
        {
            int at = inherited + index++;
            return Used(argument, at < infos.Length ? infos[at] : null);
        }
        string prefix = type.DeclaringType is { } outer ? Used(outer) + "." : "";
        return prefix + Simple(type) + Arguments(type, Argument) + mark;
    }

    private static string Simple(Type type)
    {
        int tick = type.Name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? type.Name : type.Name[..tick];
    }

    // A nested type repeats the parameters of the type around it; only its own are written.
    private static string Arguments(Type type, Func<Type, string> write)
    {
        int inherited = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        Type[] own = type.GetGenericArguments()[inherited..];
        return own.Length == 0 ? "" : $"<{string.Join(", ", own.Select(write))}>";
    }
}
