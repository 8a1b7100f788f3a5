using System.Globalization;

namespace Forebay.Storage;

/// <summary>PostgreSQL's names for relation files, relative to the data directory.</summary>
internal static class RelationPaths
{
    /// <summary>The session of a relation that is nobody's own.</summary>
    public const int NoSession = -1;

    /// <summary>Path of the first segment file of a fork.</summary>
    /// <param name="locator">The relation.</param>
    /// <param name="fork">The fork.</param>
    /// <param name="session">Owner of a temporary relation, or <see cref="NoSession"/>.</param>
    /// <param name="tablespaceVersion">Version folder of tablespaces.</param>
    /// <exception cref="ArgumentException">There is no such place.</exception>
    public static string Base(RelationLocator locator, ForkNumber fork, int session, string tablespaceVersion)
    {
        string owner = session == NoSession ? "" : Text($"t{session}_");
        return Text($"{Folder(locator, session, tablespaceVersion)}/{owner}{locator.Relation}{Suffix(fork)}");
    }

    /// <summary>Path of a segment file: the base for the first, with <c>.1</c>, <c>.2</c> … for the others.</summary>
    public static string Segment(string basePath, int segment) =>
        segment == 0 ? basePath : Text($"{basePath}.{segment}");

    private static string Folder(RelationLocator locator, int session, string tablespaceVersion)
    {
        switch (locator.Tablespace)
        {
            case 0:
                throw new ArgumentException($"Relation {locator} has no tablespace.", nameof(locator));
            case RelationLocator.GlobalTablespace:
                if (locator.Database != 0 || session != NoSession)
                    throw new ArgumentException(
                        $"Relation {locator} cannot be in 'global', which has no databases and no temporary relations.",
                        nameof(locator));
                return "global";
            case RelationLocator.DefaultTablespace:
                return Text($"base/{locator.Database}");
            default:
                return Text($"pg_tblspc/{locator.Tablespace}/{tablespaceVersion}/{locator.Database}");
        }
    }

    private static string Suffix(ForkNumber fork) => fork switch
    {
        ForkNumber.Main => "",
        ForkNumber.FreeSpaceMap => "_fsm",
        ForkNumber.VisibilityMap => "_vm",
        ForkNumber.Init => "_init",
        _ => throw new ArgumentException($"There is no fork {(int)fork}.", nameof(fork)),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
