using System.Text.RegularExpressions;
using Forebay.Tidy.Source;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Forebay.Tidy.Api;

/// <summary>The C# in the pages for users is code that compiles against the library as it is.</summary>
public sealed partial class DocumentSampleTests
{
    private const string Before = """
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        using Forebay;
        using Forebay.Buffers;
        using Forebay.Handles;
        using Forebay.Hosting;
        using Forebay.PostgreSql.Pages;
        using Forebay.Storage;
        using Forebay.Streams;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Hosting;

        static class Sample
        {
            static IHostApplicationBuilder builder = null!;

            static long total;

            static long Count(ReadOnlySpan<byte> page) => page.Length;

            static async Task Run(CancellationToken cancellationToken)
            {
                await Task.CompletedTask;

        """;

    private const string After = "\n    }\n}\n";

    [Fact]
    public void Samples_OfEachPage_Compile()
    {
        int samples = 0;
        foreach (TextFile page in SourceTree.Load(SourceTree.FindRoot()).Texts)
        {
            string text = string.Join('\n', page.Lines);
            foreach (Match block in Fenced().Matches(text))
            {
                samples++;
                string errors = string.Join('\n', Errors(block.Groups[1].Value));
                Assert.True(errors.Length == 0, $"{page.Path}, sample {samples}:\n{errors}");
            }
        }

        Assert.True(samples > 0, "the README has lost its sample");
    }

    [Fact]
    public void Errors_MemberThatDoesNotExist_IsFound() =>
        Assert.Contains("NoSuchMethod", Assert.Single(Errors("ForebayInstance.NoSuchMethod();")));

    private static IEnumerable<string> Errors(string sample)
    {
        string[] assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':');
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Sample",
            [CSharpSyntaxTree.ParseText(Before + sample + After)],
            assemblies.Where(path => path.EndsWith(".dll", StringComparison.Ordinal))
                .Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary,
                nullableContextOptions: NullableContextOptions.Enable));
        return compilation.GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic => diagnostic.ToString());
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fenced();
}
