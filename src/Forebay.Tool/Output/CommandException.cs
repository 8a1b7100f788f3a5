namespace Forebay.Tool.Output;

/// <summary>The command cannot run; the message is the one line that people get to see.</summary>
internal sealed class CommandException(string message, Exception? cause = null) : Exception(message, cause);
