using Forebay.Callbacks;
using Forebay.Engine;
using Forebay.Handles;
using Shared;

namespace Forebay.Conformance.Engine;

/// <summary>Many threads, few handles, everybody waits for everybody: each operation completes exactly once.</summary>
public abstract partial class EngineSuite
{
    private const int StressSessions = 4;
    private const int StressOperations = 3000;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 4)]
    [InlineData(3, 16)]
    public void Stress_SessionsThatWaitForEachOther_EveryOperationCompletesExactlyOnce(int seed, int concurrency)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        byte[] completions = new byte[StressSessions * StressOperations];
        ScriptedCallback counting = new("counting", IoCallbackHooks.CompleteShared)
        {
            OnShared = (in handle, result, _) =>
            {
                completions[handle.Data[0]]++;
                return result;
            },
        };
        using TestEngine engine = NewEngine(StressSessions, concurrency, callbacks: [(Outer, counting)]);
        IoWaitReference[] published = new IoWaitReference[StressSessions];
        Lock gate = new();
        Task[] threads = [.. Enumerable.Range(0, StressSessions).Select(n => Background.Run(() =>
            new StressSession(engine, n, new Random(seed * 100 + n), published, gate).Run()))];

        Background.Join(Task.WhenAll(threads));

        Assert.Equal(-1, completions.AsSpan().IndexOfAnyExcept((byte)1));
    }

    private sealed class StressSession(
        TestEngine engine, int number, Random random, IoWaitReference[] published, Lock gate)
    {
        private const int Frames = 16;

        public void Run()
        {
            using IoSession session = engine.OpenSession();
            for (int operation = 0; operation < StressOperations; operation++)
            {
                Start(session, operation);
                if (session.InBatch ? random.Next(6) == 0 : random.Next(10) == 0)
                    ToggleBatch(session);
                Wait(session);
            }

            Assert.Equal(session.InBatch ? IoLeftovers.Batch : IoLeftovers.None, session.EndWork());
            session.WaitForAll();
        }

        private void Start(IoSession session, int operation)
        {
            // Several operations use a frame at a time: they bring the same bytes, as the block is the frame's.
            int frame = random.Next(Frames);
            int block = number * Frames + frame;
            int handle = TestEngine.Describe(session, null, [number * Frames + frame], [Outer, TransferCallback.Id]);
            session.SetData(handle, [(long)number * StressOperations + operation]);
            if (random.Next(8) == 0)
                session.AddFlags(handle, IoHandleFlags.Synchronous);
            IoWaitReference reference = session.Reference(handle);
            lock (gate)
                published[number] = reference;
            session.Start(
                handle, IoOperation.ReadVector, engine.Target.Lease(), (long)block * FrameBytes, FrameBytes);
        }

        private void Wait(IoSession session)
        {
            IoWaitReference reference;
            int whose = random.Next(published.Length);
            lock (gate)
                reference = published[whose];
            switch (random.Next(8))
            {
                case 0:
                    session.Wait(reference);
                    break;
                case 1:
                    Background.Join(session.WaitAsync(reference).AsTask());
                    break;
                case 2:
                    session.IsDone(reference);
                    break;
                case 3:
                    session.ReclaimCompleted();
                    break;
                case 4:
                    WaitAndGiveUp(session, reference);
                    break;
                default:
                    break;
            }
        }

        private static void WaitAndGiveUp(IoSession session, IoWaitReference reference)
        {
            using CancellationTokenSource cancel = new();
            Task<bool> wait = session.WaitAsync(reference, cancel.Token).AsTask();
            cancel.Cancel();
            try
            {
                Background.Join(wait);
            }
            catch (OperationCanceledException)
            {
                Assert.True(cancel.IsCancellationRequested);
            }
        }

        private static void ToggleBatch(IoSession session)
        {
            if (session.InBatch)
                session.ExitBatch();
            else
                session.EnterBatch();
        }
    }
}
