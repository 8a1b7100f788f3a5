using System.CommandLine;
using Forebay.Comparison.Loads;
using Forebay.Comparison.Running;

// Processes of the comparison's own, measured from outside.
if (args is [MemoryProbe.Verb, var probeFile, var probePages, var probeMethod])
    return MemoryProbe.Measure(probeFile, probePages, probeMethod);
if (args is [SharedMember.Verb])
    return SharedMember.Serve();

Option<string> data = new("--data")
{
    Description = "Folder for the data; deleted at the end.",
    DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "forebay-comparison"),
};
Option<int> mebibytes = new("--size-mib")
{
    Description = "Size of the relation, at most 1023: one segment.", DefaultValueFactory = _ => 1000,
};
Option<int> rounds = new("--rounds") { Description = "Rounds.", DefaultValueFactory = _ => 7 };
Option<double> seconds = new("--seconds")
{
    Description = "Length of a run without an end of its own.", DefaultValueFactory = _ => 1,
};
Option<string> output = new("--out")
{
    Description = "Folder of the results.", DefaultValueFactory = _ => Path.Combine("bench", "results"),
};
Option<string[]> only = new("--only")
{
    Description = "Run only these series; the report is of all that were ever run into the folder.",
    AllowMultipleArgumentsPerToken = true,
};
Option<bool> keep = new("--keep") { Description = "Leave the data for another run." };
Option<bool> report = new("--report") { Description = "Only write the report again." };
Option<bool> list = new("--list") { Description = "Only name the series." };
RootCommand root = new("Forebay beside fio, PostgreSQL and what .NET offers, on one file, taking turns.")
{
    data, mebibytes, rounds, seconds, output, only, keep, report, list,
};
root.SetAction(parsed =>
{
    if (parsed.GetValue(list))
    {
        foreach (SeriesPlan plan in AllSeries.Plans)
            Console.Out.WriteLine(plan.Slug);
        return 0;
    }

    return Comparison.Run(new ComparisonOptions(
        parsed.GetValue(data)!, parsed.GetValue(mebibytes), parsed.GetValue(rounds), parsed.GetValue(seconds),
        parsed.GetValue(output)!, parsed.GetValue(only) ?? [], parsed.GetValue(keep), parsed.GetValue(report)));
});
return root.Parse(args).Invoke();
