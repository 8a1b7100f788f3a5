using System.Text.RegularExpressions;

namespace Forebay.Tests.Docs;

/// <summary>The page that names Forebay's counterpart of each PostgreSQL name keeps up with the code.</summary>
public sealed partial class FromPostgreSqlTests
{
    private const string Page = "docs/from-postgresql.md";
    private const string NoCounterpart = "—";

    [Fact]
    public void Rows_WithCounterpart_NameWhatTheirFilesContain()
    {
        string root = FindRoot();
        List<string> wrong = [];
        foreach (Row row in Rows(root).Where(row => row.Forebay != NoCounterpart))
        {
            string code = string.Concat(Files(root, row).Select(Code));
            foreach (string name in Quoted(row.Forebay))
            {
                foreach (string part in name.Split('.').Where(part => !HasWord(code, part)))
                    wrong.Add($"{Page}({row.Line}): {row.File} does not contain {part} of {name}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Rows_WithCounterpart_NameItAndAnExistingFile()
    {
        string root = FindRoot();
        List<Row> rows = Rows(root).Where(row => row.Forebay != NoCounterpart).ToList();
        Assert.NotEmpty(rows);
        Assert.All(rows, row =>
        {
            Assert.NotEmpty(Quoted(row.Forebay));
            Assert.NotEmpty(Files(root, row));
            Assert.All(Files(root, row), file => Assert.True(File.Exists(file), $"{Page}({row.Line}): {file}"));
        });
    }

    [Fact]
    public void Rows_WithoutCounterpart_SayWhy()
    {
        List<Row> rows = Rows(FindRoot()).Where(row => row.Forebay == NoCounterpart).ToList();
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.True(row.Difference.Length > 0, $"{Page}({row.Line}) gives no reason"));
        Assert.All(rows, row => Assert.True(row.File.Length == 0, $"{Page}({row.Line}) links to a file"));
    }

    [Fact]
    public void HasWord_PartOfALongerName_IsNotFound()
    {
        Assert.True(HasWord("public int TryAcquire(", "TryAcquire"));
        Assert.False(HasWord("public int TryAcquireAll(", "TryAcquire"));
        Assert.False(HasWord("private int _next;", "next"));
    }

    private static List<Row> Rows(string root)
    {
        string[] lines = File.ReadAllLines(Path.Combine(root, Page));
        List<Row> rows = [];
        for (int i = 0; i < lines.Length; i++)
        {
            bool isHeader = i + 1 < lines.Length && lines[i + 1].StartsWith("|---", StringComparison.Ordinal);
            if (!lines[i].StartsWith("| ", StringComparison.Ordinal) || isHeader)
                continue;
            string[] cells = lines[i].Split('|', StringSplitOptions.TrimEntries);
            Assert.True(cells.Length == 6, $"{Page}({i + 1}) has not four columns");
            rows.Add(new Row(i + 1, cells[2], cells[3], cells[4]));
        }

        return rows;
    }

    // Whole lines of comment say much that is no member of anything.
    private static string Code(string path) => string.Join('\n', File.ReadLines(path)
        .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));

    private static bool HasWord(string code, string word) => Regex.IsMatch(code, $@"\b{Regex.Escape(word)}\b");

    private static List<string> Quoted(string cell) =>
        InlineCode().Matches(cell).Select(match => match.Groups[1].Value).ToList();

    private static List<string> Files(string root, Row row) => LinkTarget().Matches(row.File)
        .Select(match => Path.GetFullPath(Path.Combine(root, "docs", match.Groups[1].Value))).ToList();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Forebay.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex LinkTarget();

    private sealed record Row(int Line, string Forebay, string File, string Difference);
}
