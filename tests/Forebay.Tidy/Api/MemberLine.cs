using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Forebay.Tidy.Api;

/// <summary>A member's line, or null where code outside cannot name it.</summary>
internal static class MemberLine
{
    private static readonly Dictionary<string, string> s_operators = new()
    {
        ["op_Implicit"] = "implicit operator", ["op_Explicit"] = "explicit operator",
    };

    public static string? Of(MemberInfo member)
    {
        if (member.IsDefined(typeof(CompilerGeneratedAttribute)) && member is not PropertyInfo)
            return null;
        return member switch
        {
            FieldInfo field => IsVisible(field) ? OfField(field) : null,
            ConstructorInfo constructor => IsVisible(constructor) && !constructor.IsStatic
                ? $"{Access(constructor)}new({Parameters(constructor)})"
                : null,
            MethodInfo method => IsVisible(method) && !IsAccessor(method) ? OfMethod(method) : null,
            PropertyInfo property => OfProperty(property),
            EventInfo { AddMethod: { } add } changed when IsVisible(add) =>
                $"{Access(add)}{Modifiers(add)}event {TypeName.Used(changed.EventHandlerType!)} {changed.Name}",
            _ => null,
        };
    }

    /// <summary>Result, name and parameters of a method, without modifiers.</summary>
    public static string Signature(MethodInfo method)
    {
        string name = s_operators.GetValueOrDefault(method.Name, method.Name);
        Type[] arguments = method.GetGenericArguments();
        string generics = arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(a => a.Name))}>";
        return $"{Result(method)} {name}{generics}({Parameters(method)}){Constraints.Of(arguments)}";
    }

    private static string OfField(FieldInfo field)
    {
        string access = field.IsPublic ? "" : "protected ";
        if (field.DeclaringType!.IsEnum)
            return field.IsStatic ? $"{field.Name} = {Literal(field.GetRawConstantValue())}" : access + field.Name;
        string type = TypeName.Used(field.FieldType, new NullabilityInfoContext().Create(field));
        if (field.IsLiteral)
            return $"{access}const {type} {field.Name} = {Literal(field.GetRawConstantValue())}";
        return access + (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "")
            + $"{type} {field.Name}";
    }

    private static string OfMethod(MethodInfo method)
    {
        string readOnly = method.DeclaringType!.IsValueType && method.IsDefined(typeof(IsReadOnlyAttribute))
            ? "readonly " : "";
        return Access(method) + Modifiers(method) + readOnly + Signature(method);
    }

    private static string? OfProperty(PropertyInfo property)
    {
        MethodInfo? get = property.GetMethod is { } getter && IsVisible(getter) ? getter : null;
        MethodInfo? set = property.SetMethod is { } setter && IsVisible(setter) ? setter : null;
        if ((get ?? set) is not { } main)
            return null;
        bool init = set?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        string accessors = (get is null ? "" : "get; ")
            + (set is null ? "" : Narrower(set, main) + (init ? "init; " : "set; "));
        string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        ParameterInfo[] index = property.GetIndexParameters();
        string name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        string type = get is not null
            ? Result(get)
            : TypeName.Used(property.PropertyType, new NullabilityInfoContext().Create(property));
        return $"{Access(main)}{Modifiers(main)}{required}{type} {name} {{ {accessors}}}";
    }

    private static string Narrower(MethodInfo set, MethodInfo main) => Access(set) == Access(main) ? "" : Access(set);

    private static string Result(MethodInfo method)
    {
        ParameterInfo result = method.ReturnParameter;
        string type = TypeName.Used(result.ParameterType, new NullabilityInfoContext().Create(result));
        if (!result.ParameterType.IsByRef)
            return type;
        bool isReadOnly = result.GetRequiredCustomModifiers().Any(modifier => modifier.Name == "InAttribute");
        return (isReadOnly ? "ref readonly " : "ref ") + type;
    }

    private static string Parameters(MethodBase method)
    {
        string list = string.Join(", ", method.GetParameters().Select(Parameter));
        return method.IsDefined(typeof(ExtensionAttribute)) ? "this " + list : list;
    }

    private static string Parameter(ParameterInfo parameter)
    {
        string mode = parameter switch
        {
            { IsOut: true } => "out ",
            { ParameterType.IsByRef: true, IsIn: true } => "in ",
            { ParameterType.IsByRef: true } => "ref ",
            _ when parameter.IsDefined(typeof(ParamArrayAttribute)) => "params ",
            _ => "",
        };
        string type = TypeName.Used(parameter.ParameterType, new NullabilityInfoContext().Create(parameter));
        string value = parameter.HasDefaultValue ? " = " + Literal(parameter.RawDefaultValue) : "";
        return $"{mode}{type} {parameter.Name}{value}";
    }

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Modifiers(MethodInfo method)
    {
        if (method.IsStatic)
            return method.IsAbstract ? "static abstract " : "static ";
        if (method.DeclaringType!.IsInterface)
            return method.IsAbstract ? "" : "default ";
        if (method.IsAbstract)
            return "abstract ";
        bool isOverride = method.GetBaseDefinition().DeclaringType != method.DeclaringType;
        if (isOverride)
            return method.IsFinal ? "sealed override " : "override ";
        return method is { IsVirtual: true, IsFinal: false } ? "virtual " : "";
    }

    private static bool IsVisible(MethodBase method) =>
        method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed);

    private static bool IsVisible(FieldInfo field) =>
        (field.IsPublic && !field.IsSpecialName)
        || ((field.IsFamily || field.IsFamilyOrAssembly) && !field.DeclaringType!.IsSealed);

    // Property and event accessors are written with their property or event; operators are special names too.
    private static bool IsAccessor(MethodInfo method) =>
        method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static string Literal(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        char letter => $"'{letter}'",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
