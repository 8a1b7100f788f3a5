using Forebay.Tests.PostgreSql;
using Forebay.Tests.Support;
using Forebay.Tool.Output;

namespace Forebay.Tests.Tool;

/// <summary>
/// The line that says how far a command is: on a terminal only, and gone before anything else is said.
/// </summary>
public sealed class ProgressTests(ClusterFixture cluster)
{
    private const int Width = 40;

    [Fact]
    public void Show_NoTerminal_WritesNothing()
    {
        using StringWriter errors = new();
        ProgressLine line = new(new ToolTerminal(TextWriter.Null, errors), new Lock());
        line.Show("half");
        line.Clear();
        Assert.False(line.IsVisible);
        Assert.Null(line.Follow(() => "half"));
        Assert.Equal("", errors.ToString());
    }

    [Fact]
    public void Show_ShorterThanBefore_LeavesNothingOfTheLongerLine()
    {
        using StringWriter errors = new();
        ProgressLine line = new(new ToolTerminal(TextWriter.Null, errors, ErrorWidth: Width), new Lock());
        line.Show("half of it");
        line.Show("all");
        line.Clear();
        line.Clear();
        Assert.Equal("\rhalf of it\rall       \r   \r", errors.ToString());
        Assert.Equal("", Screen(errors.ToString()));
    }

    [Fact]
    public void Show_LongerThanTheTerminal_StaysOnOneLine()
    {
        using StringWriter errors = new();
        ProgressLine line = new(new ToolTerminal(TextWriter.Null, errors, ErrorWidth: Width), new Lock());
        line.Show(new string('x', 200));
        Assert.Equal(Width - 1, Screen(errors.ToString()).Length);
    }

    [Fact]
    public void Follow_Terminal_ShowsNewTextUntilItIsDisposed()
    {
        using StringWriter errors = new();
        using TextWriter gated = TextWriter.Synchronized(errors);
        ProgressLine line = new(new ToolTerminal(TextWriter.Null, gated, ErrorWidth: Width), new Lock());
        int asked = 0;
        using (line.Follow(() => $"step {Interlocked.Increment(ref asked)}"))
        {
            Assert.Equal("\rstep 1", errors.ToString());
            Eventually.Holds(() => Volatile.Read(ref asked) >= 3, "the line is kept up to date");
        }

        Assert.Equal("", Screen(errors.ToString()));
    }

    [Fact]
    public void Follow_DisposedWhileItsTextIsBeingMade_ShowsNothingMore()
    {
        using StringWriter errors = new();
        using TextWriter gated = TextWriter.Synchronized(errors);
        ProgressLine line = new(new ToolTerminal(TextWriter.Null, gated, ErrorWidth: Width), new Lock());
        using ManualResetEventSlim entered = new();
        using ManualResetEventSlim go = new();
        int calls = 0;
        int done = 0;
        IDisposable follower = line.Follow(() =>
        {
            if (Interlocked.Increment(ref calls) == 1)
                return "first";
            entered.Set();
            go.Wait(TimeSpan.FromSeconds(60));
            Interlocked.Increment(ref done);
            return "late";
        })!;
        Assert.True(entered.Wait(TimeSpan.FromSeconds(60)));
        follower.Dispose();
        go.Set();
        Eventually.Holds(() => Volatile.Read(ref done) == Volatile.Read(ref calls) - 1, "the timer's call ends");
        using (line.Follow(() => ""))
            Assert.DoesNotContain("late", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Complain_WhileALineIsShown_StandsOnALineOfItsOwn()
    {
        using StringWriter errors = new();
        int code = ToolConsole.Run(new ToolTerminal(TextWriter.Null, errors, ErrorWidth: Width), json: true, console =>
        {
            console.Progress.Show("half of all that there is");
            console.Complain("bad page");
            console.Progress.Show("all");
            return 0;
        });
        Assert.Equal(0, code);
        Assert.Equal("bad page\n", Screen(errors.ToString()));
    }

    [Theory]
    [InlineData("--json")]
    [InlineData("--io-method", "sync")]
    public async Task Verify_OnAPseudoTerminal_ShowsHowFarItIsAndTakesItAway(params string[] options)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "There is no script(1) to make a pseudo-terminal with.");
        string[] args = ["verify", cluster.DataDirectory, .. options];
        using ProcessRun run = ProcessRun.StartOnTerminal("Forebay.Tool.dll", args);
        (int code, string output, _) = await run.EndAsync();
        Assert.Equal(0, code);
        Assert.Contains("%", output, StringComparison.Ordinal);
        Assert.DoesNotContain("%", Screen(output), StringComparison.Ordinal);
        Assert.Contains("4582", Screen(output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_Piped_IsSilentOnStderr()
    {
        using ProcessRun run = ProcessRun.Start("Forebay.Tool.dll", "verify", cluster.DataDirectory);
        (int code, string output, string errors) = await run.EndAsync();
        Assert.Equal((0, ""), (code, errors));
        Assert.DoesNotContain('\r', output);
        Assert.DoesNotContain('\u001b', output);
    }

    /// <summary>What a terminal shows after text with carriage returns, without spaces at the ends of lines.</summary>
    private static string Screen(string text)
    {
        List<string> lines = [];
        foreach (string line in text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n'))
        {
            string shown = "";
            foreach (string part in line.Split('\r'))
                shown = part + (part.Length < shown.Length ? shown[part.Length..] : "");
            lines.Add(shown.TrimEnd());
        }

        return string.Join('\n', lines);
    }
}
