namespace Forebay.Storage;

/// <summary>Whether opening may make a file.</summary>
internal enum FileCreation
{
    /// <summary>The file must exist.</summary>
    Never,

    /// <summary>The file is made if there is none.</summary>
    IfMissing,

    /// <summary>There must be none.</summary>
    MustBeNew,
}
