namespace Forebay;

/// <summary>The words of settings for the members of enums.</summary>
public static class ForebayNames
{
    /// <summary>The word of <c>io_method</c>.</summary>
    public static string Of(IoMethod method) => method switch
    {
        IoMethod.Worker => "worker",
        IoMethod.Sync => "sync",
        IoMethod.IoUring => "io_uring",
        IoMethod.Auto => "auto",
        IoMethod.Custom => "custom",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, null),
    };
}
