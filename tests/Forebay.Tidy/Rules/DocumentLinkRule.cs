using System.Text.RegularExpressions;
using Forebay.Tidy.Source;

namespace Forebay.Tidy.Rules;

/// <summary>A page's link to a file of the repository leads to a file or folder that is there.</summary>
internal sealed partial class DocumentLinkRule : ITidyRule
{
    public IEnumerable<Violation> Check(SourceTree tree)
    {
        var known = new HashSet<string>(StringComparer.Ordinal) { "" };
        foreach (string path in tree.Paths)
        {
            for (string at = path; at.Length > 0; at = Parent(at))
                known.Add(at);
        }
        foreach (TextFile page in tree.Texts.Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal)))
        {
            bool isCode = false;
            for (int i = 0; i < page.Lines.Length; i++)
            {
                isCode ^= page.Lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal);
                if (isCode)
                    continue;
                foreach (Match link in Link().Matches(InlineCode().Replace(page.Lines[i], "")))
                {
                    string target = link.Groups[1].Value;
                    if (Resolve(Parent(page.Path), target) is { } path && !known.Contains(path))
                        yield return new(page.Path, i + 1, $"{target} does not exist: link to where it is now.");
                }
            }
        }
    }

    // Null where the link leaves the repository or stays on its page.
    private static string? Resolve(string folder, string target)
    {
        if (target.Contains(':', StringComparison.Ordinal) || target.StartsWith('#'))
            return null;
        var parts = folder.Split('/', StringSplitOptions.RemoveEmptyEntries).ToList();
        foreach (string part in target.Split('#')[0].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else if (part != ".")
                parts.Add(part);
        }
        return string.Join('/', parts);
    }

    private static string Parent(string path) => path[..Math.Max(path.LastIndexOf('/'), 0)];

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex("""\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)""")]
    private static partial Regex Link();
}
