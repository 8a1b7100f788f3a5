using Forebay.Callbacks;
using Forebay.Handles;
using Shared;

namespace Forebay.Tests.Callbacks;

public sealed class IoCallbackRegistryTests
{
    private const IoCallbackHooks Shared = IoCallbackHooks.CompleteShared;

    private readonly IoCallbackRegistry _registry = new();

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(255)]
    public void Register_IdOutsideItsRange_IsRefused(byte id) =>
        Assert.StartsWith($"I/O callback ids go from 1 to 63, not {id}.", Assert.Throws<ArgumentException>(
            () => _registry.Register(id, new ScriptedCallback("a", Shared))).Message);

    [Fact]
    public void Register_IdInUse_NamesTheOther()
    {
        _registry.Register(5, new ScriptedCallback("first", Shared));

        Assert.StartsWith("I/O callback id 5 belongs to 'first' already.", Assert.Throws<ArgumentException>(
            () => _registry.Register(5, new ScriptedCallback("second", Shared))).Message);
    }

    [Theory]
    [InlineData(IoCallbackHooks.None)]
    [InlineData(IoCallbackHooks.Stage)]
    [InlineData(IoCallbackHooks.Stage | IoCallbackHooks.Report)]
    public void Register_WithoutCompletionHook_IsRefused(IoCallbackHooks hooks) =>
        Assert.StartsWith("The I/O callback 'a' has no completion hook.", Assert.Throws<ArgumentException>(
            () => _registry.Register(5, new ScriptedCallback("a", hooks))).Message);

    [Fact]
    public void Register_AfterTheFreeze_IsRefusedAndChangesNothing()
    {
        _registry.Register(5, new ScriptedCallback("early", Shared));
        _registry.Freeze();
        _registry.Freeze();

        Assert.Equal("The I/O callback 'late' comes too late for id 6: all are registered before the engine starts.",
            Assert.Throws<InvalidOperationException>(
                () => _registry.Register(6, new ScriptedCallback("late", Shared))).Message);
        Assert.Null(_registry.Find(6));
        Assert.Equal("early", _registry[5].Name);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(255)]
    public void Lookup_UnknownId_SaysSo(int id)
    {
        Assert.StartsWith($"No I/O callback is registered under id {id}.",
            Assert.Throws<ArgumentException>(() => _registry[id]).Message);
        Assert.Null(_registry.Find(id));
    }

    [Theory]
    [InlineData(IoStatus.Unknown)]
    [InlineData(IoStatus.Ok)]
    public void Report_NothingWentWrong_IsRefused(IoStatus status) =>
        Assert.StartsWith($"An I/O result of status {status} has nothing to report.", Assert.Throws<ArgumentException>(
            () => _registry.Report(new IoResult(status, 0, 5), default)).Message);

    [Fact]
    public void Report_ByTheCallbackThatProducedTheResult_OrSaysThatItCannot()
    {
        _registry.Register(5, new ScriptedCallback("mute", Shared));
        _registry.Register(6, new ScriptedCallback("talker", Shared | IoCallbackHooks.Report));
        IoTargetData data = default;
        data[0] = 17;

        Assert.Equal("talker: Error 3 9 tag 17",
            _registry.Report(new IoResult(IoStatus.Error, 3, 6, 9), data).Message);
        Assert.StartsWith("The I/O callback 'mute' cannot report its results.", Assert.Throws<ArgumentException>(
            () => _registry.Report(new IoResult(IoStatus.Error, 3, 5, 9), default)).Message);
        Assert.StartsWith("No I/O callback is registered under id 0.", Assert.Throws<ArgumentException>(
            () => _registry.Report(new IoResult(IoStatus.Error, 3), default)).Message);
    }

    [Fact]
    public void Hook_NotImplementedThoughDeclared_SaysWhich()
    {
        Declaring callback = new();

        Assert.Equal("The I/O callback 'declaring' has no hook Stage.",
            Assert.Throws<InvalidOperationException>(() => callback.Stage(default, 0)).Message);
        Assert.Equal("The I/O callback 'declaring' has no hook CompleteShared.",
            Assert.Throws<InvalidOperationException>(() => callback.CompleteShared(default, default, 0)).Message);
        Assert.Equal("The I/O callback 'declaring' has no hook CompleteLocal.",
            Assert.Throws<InvalidOperationException>(() => callback.CompleteLocal(default, default, 0)).Message);
        Assert.Equal("The I/O callback 'declaring' has no hook Report.",
            Assert.Throws<InvalidOperationException>(() => callback.Report(default, default)).Message);
    }

    private sealed class Declaring : IoCallback
    {
        public override string Name => "declaring";

        public override IoCallbackHooks Hooks => Shared;
    }
}
