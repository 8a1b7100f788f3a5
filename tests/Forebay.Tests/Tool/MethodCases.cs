namespace Forebay.Tests.Tool;

/// <summary>The methods that the tool is tested with, in both modes.</summary>
internal static class MethodCases
{
    public static TheoryData<string> Methods() => ["sync", "worker", "io_uring"];

    public static TheoryData<string, string> MethodsAndModes()
    {
        TheoryData<string, string> data = [];
        foreach (string method in (string[])["sync", "worker", "io_uring"])
        {
            data.Add(method, "on");
            data.Add(method, "off");
        }

        return data;
    }

    /// <summary>Skips the test where the machine refuses the method.</summary>
    public static void Require(string method)
    {
        foreach (MethodAvailability found in MethodAvailability.Probe())
        {
            if (ForebayNames.Of(found.Method) == method && !found.IsAvailable)
                Assert.Skip($"{method} is refused here: {found.Reason}");
        }
    }

    /// <summary>Skips the test where the file system of a folder refuses the mode.</summary>
    public static void RequireMode(string direct, string folder)
    {
        if (direct != "on")
            return;
        try
        {
            ForebayInstance.Open(folder, new ForebayOptions { IoMethod = IoMethod.Sync, IoDirect = true }).Dispose();
        }
        catch (IOException refusal)
        {
            Assert.Skip($"The file system of the test data refuses direct I/O: {refusal.Message}");
        }
    }
}
