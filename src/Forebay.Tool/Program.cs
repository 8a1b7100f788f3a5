using System.CommandLine;
using Forebay.Tool.Commands;
using Forebay.Tool.Output;

RootCommand root = new("Asynchronous I/O on real files: verify, measure, look inside.")
{
    VerifyCommand.Create(),
    BenchCommand.Create(),
    MethodsCommand.Create(),
};

ParseResult parsed = root.Parse(args);
int code = parsed.Errors.Count > 0 ? ExitCodes.CouldNotRun : ExitCodes.Fine;
int invoked = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });

// The parser's own failures exit with 1, which here would mean "something wrong was found".
return code == ExitCodes.Fine ? invoked : code;
