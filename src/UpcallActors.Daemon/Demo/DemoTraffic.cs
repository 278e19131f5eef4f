using System.Diagnostics;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Replay;
using UpcallActors.Embedded;

namespace UpcallActors.Daemon.Demo;

/// <summary>
/// The demo's frames. In each round the recorded hosts of all bridges send their frames, at the pace of the recording. In every other round
/// one packet is slow; in the rounds between, ports are scanned.
/// </summary>
/// <param name="recorded">The switch.</param>
/// <param name="purgeTimes">When the datapath's flows were deleted in the recordings.</param>
/// <param name="purge">Deletes the datapath's flows.</param>
/// <param name="slowed">What can make a packet slow.</param>
internal sealed class DemoTraffic(CaptureSwitch recorded, IReadOnlyList<DateTimeOffset> purgeTimes, Func<Task> purge, SlowedDatapath slowed)
{
    private static readonly TimeSpan _round = TimeSpan.FromSeconds(5);

    /// <summary>The hosts of one bridge begin so much later than those of the bridge before.</summary>
    private static readonly TimeSpan _betweenBridges = TimeSpan.FromMilliseconds(400);

    /// <summary>A purge belongs to the recording that began so much later, or before.</summary>
    private static readonly TimeSpan _preparation = TimeSpan.FromSeconds(2);

    private readonly Event[] _events = [.. EventsOf(recorded, purgeTimes).OrderBy(entry => entry.At)];
    private readonly uint _scanner = recorded.Ports.Single(port => port.Options.Name == PortScan.Scanner).Port.Number;

    /// <summary>Sends until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        EmbeddedDatapath datapath = recorded.Datapath;
        long started = Stopwatch.GetTimestamp();
        for (int round = 0; ; round++)
        {
            TimeSpan begins = round * _round;
            if (round % 2 == 0)
            {
                slowed.SlowNext();
                datapath.Receive(_scanner, PortScan.Visit((ushort)round));
            }
            else
            {
                datapath.Receive(PortScan.All(_scanner, (ushort)round));
            }

            foreach (Event entry in _events)
            {
                await WaitAsync(begins + entry.At, started, cancellation);
                if (entry.IsPurge)
                    await purge();
                else
                    datapath.Receive(entry.Port, entry.Frame.Span);
            }

            // Without this, it would not notice that time passes.
            datapath.Expire();
            await WaitAsync(begins + _round, started, cancellation);
        }
    }

    private static async Task WaitAsync(TimeSpan sinceStart, long started, CancellationToken cancellation)
    {
        TimeSpan due = sinceStart - Stopwatch.GetElapsedTime(started);
        if (due > TimeSpan.Zero)
            await Task.Delay(due, cancellation);
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>What the hosts sent and when flows were deleted, by the time since the round's beginning.</summary>
    private static List<Event> EventsOf(CaptureSwitch recorded, IReadOnlyList<DateTimeOffset> purgeTimes)
    {
        var events = new List<Event>();
        TimeSpan begins = TimeSpan.Zero;
        foreach (IGrouping<BridgeOptions, SwitchPort> bridge in recorded.Ports.GroupBy(port => port.Bridge))
        {
            var sent = (
                from port in bridge
                from frame in port.Options.Frames
                where port.Options.Sent(frame)
                select (Time: DateTimeOffset.UnixEpoch.AddMicroseconds(frame.Microseconds), port.Port.Number, frame.Data)).ToList();
            if (sent.Count == 0)
                continue;
            DateTimeOffset first = sent.Min(frame => frame.Time);
            DateTimeOffset last = sent.Max(frame => frame.Time);
            // A purge before the first packet has nothing to delete; the times of one recording never lie among another's.
            IEnumerable<DateTimeOffset> own = purgeTimes.Where(time => time > first - _preparation && time < last);
            events.AddRange(own.Select(time => new Event(Since(time), IsPurge: true, 0, default)));
            events.AddRange(sent.Select(frame => new Event(Since(frame.Time), IsPurge: false, frame.Number, frame.Data)));
            begins += _betweenBridges;

            TimeSpan Since(DateTimeOffset time) => time <= first ? begins : begins + (time - first);
        }

        return events;
    }

    private sealed record Event(TimeSpan At, bool IsPurge, uint Port, ReadOnlyMemory<byte> Frame);
}
