using System.Diagnostics;
using Forebay.Memory;
using Forebay.Telemetry;

namespace Forebay.Diagnostics;

/// <summary>Who waits for what. Each row is whole; threads that own no session are not seen.</summary>
internal sealed class WaitView(SegmentArray<SessionActivity> activities, ISessionOwners owners)
{
    /// <summary>All of them, by session.</summary>
    public List<WaitingSession> Take()
    {
        List<WaitingSession> rows = [];
        long now = Stopwatch.GetTimestamp();
        for (int slot = 0; slot < owners.Count; slot++)
        {
            int process = owners.ProcessOf(slot);
            if (process == 0)
                continue;
            ref SessionActivity activity = ref activities[slot];
            if (!activity.TryReadWait(out WaitKind kind, out int subject, out long generation, out long since))
                continue;
            bool isOperation = kind is WaitKind.Operation or WaitKind.FreeHandle;
            rows.Add(new WaitingSession
            {
                Session = slot,
                Process = process,
                Thread = activity.Thread,
                Kind = kind,
                Handle = isOperation ? subject : null,
                Generation = isOperation ? generation : null,
                Frame = isOperation ? null : subject,
                Age = Stopwatch.GetElapsedTime(Math.Min(since, now), now),
            });
        }

        return rows;
    }
}
