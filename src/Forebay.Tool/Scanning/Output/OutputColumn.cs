using Forebay.PostgreSql.Types;

namespace Forebay.Tool.Scanning.Output;

/// <summary>A column that is printed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="NameBytes">Its name as the database has it, in its encoding.</param>
/// <param name="Index">Its place among the table's columns, from 0; negative for <c>ctid</c>.</param>
/// <param name="Form">How its values are printed.</param>
/// <param name="IsJson">Whether its text is JSON.</param>
/// <param name="TypeName">Its type's name.</param>
internal sealed record OutputColumn(
    string Name, ReadOnlyMemory<byte> NameBytes, int Index, ValueForm Form, bool IsJson, string TypeName)
{
    /// <summary>Whether it is <c>ctid</c>.</summary>
    public bool IsPlace => Index < 0;
}
