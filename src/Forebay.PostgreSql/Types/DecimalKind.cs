namespace Forebay.PostgreSql.Types;

/// <summary>What a decimal number is, in the order in which PostgreSQL sorts them.</summary>
public enum DecimalKind
{
    /// <summary>Less than every number.</summary>
    NegativeInfinity,

    /// <summary>Less than zero.</summary>
    Negative,

    /// <summary>Zero.</summary>
    Zero,

    /// <summary>More than zero.</summary>
    Positive,

    /// <summary>More than every number.</summary>
    PositiveInfinity,

    /// <summary>Not a number: equals itself, more than all others.</summary>
    NotANumber,
}
