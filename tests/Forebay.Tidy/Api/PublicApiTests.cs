using System.Reflection;
using Forebay.Tidy.Source;

namespace Forebay.Tidy.Api;

/// <summary>
/// What users can name is a promise, and a promise is changed on purpose: the snapshot in PublicApi/ is part of the
/// change.
/// </summary>
public sealed class PublicApiTests
{
    private const string AcceptVariable = "FOREBAY_ACCEPT";

    [Theory]
    [InlineData("Forebay")]
    [InlineData("Forebay.Hosting")]
    [InlineData("Forebay.PostgreSql")]
    [InlineData("Forebay.Testing")]
    public void PublicApi_ComparedWithSnapshot_IsTheSame(string assembly)
    {
        string path = Path.Combine(SourceTree.FindRoot(), "tests", "Forebay.Tidy", "PublicApi", assembly + ".txt");
        IReadOnlyList<string> now = ApiText.Of(Assembly.Load(assembly));
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
            File.WriteAllText(path, string.Concat(now.Select(line => line + "\n")));

        string[] agreed = File.Exists(path) ? File.ReadAllLines(path) : [];
        var added = now.Except(agreed).Select(line => "+ " + line);
        var removed = agreed.Except(now).Select(line => "- " + line);
        var difference = added.Concat(removed).OrderBy(line => line[2..], StringComparer.Ordinal).ToList();
        Assert.True(difference.Count == 0,
            $"The public API of {assembly} is not its snapshot:\n{string.Join('\n', difference)}\n"
            + "What nobody outside needs becomes internal. If the change is meant, write the snapshot anew and commit "
                + "it: "
            + $"{AcceptVariable}=1 dotnet test -c Release tests/Forebay.Tidy");
    }
}
