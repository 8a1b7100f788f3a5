namespace Forebay.Tool.Scanning.Output;

/// <summary>Who read stdout has had enough: no failure, but there is nothing left to do.</summary>
internal sealed class ReaderGoneException(Exception cause) : Exception("Nobody reads the rows any more.", cause);
