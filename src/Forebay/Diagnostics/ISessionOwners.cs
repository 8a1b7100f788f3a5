namespace Forebay.Diagnostics;

/// <summary>Whom the session slots of a segment belong to.</summary>
internal interface ISessionOwners
{
    /// <summary>Number of slots.</summary>
    int Count { get; }

    /// <summary>Process whose session has the slot; 0 = nobody has.</summary>
    int ProcessOf(int slot);
}
