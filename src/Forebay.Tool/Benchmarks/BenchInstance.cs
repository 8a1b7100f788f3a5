using Forebay.Tool.Output;
using Forebay.Tool.Parsing;
using Forebay.Tool.Serving;

namespace Forebay.Tool.Benchmarks;

/// <summary>
/// The shared instance that a benchmark runs on, from its first run to its last, so that others can attach to it: one
/// that is there already, with its data directory and its settings, or one of the benchmark's own.
/// </summary>
internal sealed class BenchInstance : IDisposable
{
    private readonly string _name;
    private readonly bool _isJoined;

    private BenchInstance(ForebayInstance instance, BenchOptions options, bool isJoined)
    {
        Instance = instance;
        _name = options.Sharing!.Name;
        _isJoined = isJoined;
        Options = options with
        {
            PoolBytes = (long)instance.PoolPages * instance.Options.BlockBytes,
            Methods = [instance.Method.Effective],
            Direct = instance.Options.IoMode == IoMode.Direct ? OnOff.On : OnOff.Off,
            Checksum = instance.Options.PageCheck is not null,
        };
    }

    /// <summary>The instance.</summary>
    public ForebayInstance Instance { get; }

    /// <summary>What is measured: what was asked for, with the instance's settings.</summary>
    public BenchOptions Options { get; }

    /// <summary>Attaches to the instance of the name that was given.</summary>
    /// <returns>Null: no name was given, or there is no such instance.</returns>
    /// <exception cref="CommandException">It is not as was asked for.</exception>
    public static BenchInstance? TryJoin(BenchOptions options, ToolConsole console)
    {
        if (options.Sharing is not { } sharing)
            return null;
        if (options.Given.Method && options.Methods.Count > 1)
        {
            throw new CommandException(
                "--io-method all: a shared instance has one method. Leave the option out, or name one.");
        }

        if (SharedInstance.TryFind(sharing) is not { } found)
            return null;
        ForebayInstance instance = ForebayInstance.Attach(sharing, new ForebayOptions
        {
            PageCheck = SharingOptions.Check(found.PageCheck),
            EffectiveIoConcurrency = options.Concurrency,
            OnNotice = notice => console.Complain($"forebay: {notice.Message}"),
        });
        try
        {
            Compare(options, instance);
            return new BenchInstance(instance, options, isJoined: true);
        }
        catch
        {
            instance.Dispose();
            throw;
        }
    }

    /// <summary>The benchmark's own.</summary>
    public static BenchInstance Made(ForebayInstance instance, BenchOptions options) =>
        new(instance, options, isJoined: false);

    /// <summary>Says which one it is; who waits for this line finds the instance there.</summary>
    public void Announce(ToolConsole console)
    {
        console.Progress.Clear();
        string how = _isJoined
            ? $"joined the shared instance {_name}"
            : $"there was no shared instance {_name}: made one";
        console.Say($"{how}: {Instance.DataDirectory}, pool {Sizes.Format(Options.PoolBytes)}, "
            + $"{ForebayNames.Of(Instance.Method.Effective)}, process {Environment.ProcessId}");
    }

    /// <summary>The relation's pages leave the pool: the next run reads them from its files.</summary>
    public void Forget(BenchRelation relation)
    {
        using ForebaySession session = OpenSession();
        session.Forget(Instance.Relation(relation.Locator).Main);
    }

    /// <summary>Removes the relation, so that nobody who is attached keeps anything of it.</summary>
    public void Remove(BenchRelation relation)
    {
        using ForebaySession session = OpenSession();
        session.Drop(Instance.Relation(relation.Locator).Main);
    }

    /// <summary>Leaves it.</summary>
    public void Dispose() => Instance.Dispose();

    private ForebaySession OpenSession()
    {
        try
        {
            return Instance.OpenSession();
        }
        catch (InvalidOperationException refusal)
        {
            throw new CommandException($"The shared instance '{_name}': {refusal.Message}", refusal);
        }
    }

    private static void Compare(BenchOptions options, ForebayInstance instance)
    {
        ForebayOptions there = instance.Options;
        string name = options.Sharing!.Name;
        long pool = (long)instance.PoolPages * there.BlockBytes;
        if (there.ReadOnly)
            throw new CommandException($"The shared instance '{name}' is read-only: no relation can be made in it.");
        if (there.BlockBytes != BenchPages.PageBytes)
        {
            throw new CommandException($"The shared instance '{name}' has pages of {Sizes.Format(there.BlockBytes)}; "
                + $"those of the benchmark have {Sizes.Format(BenchPages.PageBytes)}.");
        }

        if (options.Data is { } data && Path.GetFullPath(data) != instance.DataDirectory)
            throw Other("--data", instance.DataDirectory, Path.GetFullPath(data));
        if (options.Given.Pool && options.PoolBytes / there.BlockBytes != instance.PoolPages)
            throw Other("--pool", Sizes.Format(pool), Sizes.Format(options.PoolBytes));
        if (options.Given.Method && options.Methods[0] != instance.Method.Effective)
        {
            throw Other("--io-method", ForebayNames.Of(instance.Method.Effective),
                ForebayNames.Of(options.Methods[0]));
        }

        if (options.Direct != OnOff.Unsaid && options.Direct == OnOff.On != (there.IoMode == IoMode.Direct))
            throw Other("--io-direct", Word(there.IoMode == IoMode.Direct), Word(options.Direct == OnOff.On));
        if (options.Given.Checksum && options.Checksum != there.PageCheck is not null)
            throw Other("--checksum", Word(there.PageCheck is not null), Word(options.Checksum));

        CommandException Other(string option, string itsOwn, string asked) => new(
            $"{option}: the shared instance '{name}', which runs, has {itsOwn}, not {asked}. Leave the option out, or "
            + "take another name.");

        static string Word(bool isOn) => isOn ? "on" : "off";
    }
}
