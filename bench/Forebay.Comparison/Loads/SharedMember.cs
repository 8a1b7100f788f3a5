using System.Globalization;

namespace Forebay.Comparison.Loads;

/// <summary>
/// The other process: told by lines on its input what to do, tells by lines on its output what was done. It lives for
/// all rounds, so that its code is compiled as ours is; an instance it has for one run.
/// </summary>
internal static class SharedMember
{
    public const string Verb = "shared-member";

    /// <summary>
    /// For each run: <c>attach FOLDER NAME PROCESSES BEGIN END</c> → <c>ready</c>; <c>go SECONDS</c> →
    /// <c>PAGES CPU-SECONDS</c>; <c>leave</c> → <c>left</c>. Ends with its input.
    /// </summary>
    public static int Serve()
    {
        while (Console.In.ReadLine() is { } line)
        {
            string[] words = line.Split('\t');
            if (words is not ["attach", var folder, var name, var processes, var begin, var end])
                throw new InvalidOperationException($"Not understood: {line}");
            Take(Sharing.Named(name, folder), Number(processes), Number(begin), Number(end));
            Console.Out.WriteLine("left");
        }

        return 0;
    }

    private static void Take(Sharing sharing, int processes, int begin, int end)
    {
        using ForebayInstance instance = ForebayInstance.Attach(sharing, SharedSetup.Own(processes));
        using SharedPart part = new(instance, begin, end);
        Console.Out.WriteLine("ready");
        while (Console.In.ReadLine()?.Split('\t') is ["go", var seconds])
        {
            TimeSpan cpu = Environment.CpuUsage.TotalTime;
            long pages = part.Scan(double.Parse(seconds, CultureInfo.InvariantCulture));
            double used = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{pages}\t{used:R}"));
        }
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
