using System.Reflection;

namespace Forebay.Tidy.Api;

/// <summary>The <c>where</c> clauses of generic parameters.</summary>
internal static class Constraints
{
    public static string Of(Type[] arguments) =>
        string.Concat(arguments.Where(argument => argument.IsGenericParameter).Select(Of));

    private static string Of(Type parameter)
    {
        GenericParameterAttributes attributes = parameter.GenericParameterAttributes;
        var clauses = new List<string>();
        bool isStruct = attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        if (parameter.GetCustomAttributesData().Any(a => a.AttributeType.Name == "IsUnmanagedAttribute"))
            clauses.Add("unmanaged");
        else if (isStruct)
            clauses.Add("struct");
        if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
            clauses.Add("class");
        clauses.AddRange(parameter.GetGenericParameterConstraints().Where(c => c != typeof(ValueType))
            .Select(c => TypeName.Used(c)).Order(StringComparer.Ordinal));
        if (!isStruct && attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint))
            clauses.Add("new()");
        if (attributes.HasFlag(GenericParameterAttributes.AllowByRefLike))
            clauses.Add("allows ref struct");
        return clauses.Count == 0 ? "" : $" where {parameter.Name} : {string.Join(", ", clauses)}";
    }
}
