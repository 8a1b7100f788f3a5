using System.CommandLine;
using Forebay.Comparison.Running;

Option<string> directory = new("--data")
{
    Description = "Folder for the test file.",
    DefaultValueFactory = _ => "forebay-comparison-data",
};
Option<int> mebibytes = new("--size-mib") { Description = "Size of the test file.", DefaultValueFactory = _ => 2048 };
Option<int> rounds = new("--rounds") { Description = "Rounds.", DefaultValueFactory = _ => 7 };
Option<double> seconds = new("--seconds") { Description = "Length of a random run.", DefaultValueFactory = _ => 3 };
Option<string> output = new("--out") { Description = "Where the Markdown table goes; none = stdout only." };
Option<string> only = new("--only") { Description = "Run only the series whose title contains this." };
RootCommand root = new("Forebay beside fio and what .NET offers, on one file, interleaved.")
{
    directory, mebibytes, rounds, seconds, output, only,
};
root.SetAction(parsed => Comparison.Run(
    parsed.GetValue(directory)!, parsed.GetValue(mebibytes), parsed.GetValue(rounds), parsed.GetValue(seconds),
    parsed.GetValue(output), parsed.GetValue(only)));
return root.Parse(args).Invoke();
