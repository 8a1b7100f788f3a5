using Forebay.Tests.PostgreSql;
using Forebay.Tests.PostgreSql.Fuzz;

namespace Forebay.Tests.Tool;

/// <summary>Several sessions that share a table count each row once, again and again.</summary>
public sealed class ParallelCountTests(ClusterFixture cluster)
{
    [Theory]
    [InlineData("sync")]
    [InlineData("worker")]
    [InlineData("io_uring")]
    public void Scan_CountInParallel_IsTheSameEachTime(string method)
    {
        MethodCases.Require(method);
        int rounds = PageMutation.Count(4, 200);
        for (int round = 0; round < rounds; round++)
        {
            string lanes = $"{1 + (round % 8)}";
            foreach ((string table, string rows) in new[] { ("ints", "60000\n"), ("churn", "17112\n") })
            {
                ToolRun run = ToolRun.Of(
                    "scan", cluster.DataDirectory, table, "--count", "--parallel", lanes, "--io-method", method);
                Assert.Equal((0, "", rows), (run.Code, run.Errors, run.Output));
                run = ToolRun.Of("scan", cluster.DataDirectory, table, "--count", "--parallel", lanes, "--io-method",
                    method, "--where", "id > 0", "--concurrency", $"{round % 4}");
                Assert.Equal((0, "", rows), (run.Code, run.Errors, run.Output));
            }
        }
    }
}
