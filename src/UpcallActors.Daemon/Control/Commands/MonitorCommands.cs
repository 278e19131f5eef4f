using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.Pipeline;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// <c>upcall-actors/monitor-start</c>, <c>-read</c>, <c>-stop</c>: upcalls as they come, for a client that asks again and again; and
/// <c>upcall-actors/recent</c>: those that have been.
/// </summary>
/// <remarks>
/// The control socket's protocol has one answer to a question, so nothing can be pushed over it. A socket beside it could, and would need
/// its own permissions, limits of clients and treatment of slow ones. A read waits for the first upcall: it costs one request a second
/// while nothing comes, and reports an upcall within 10 ms. For a slow client the overflow of its queue is counted. A dead client is
/// forgotten when it has not read for <see cref="MonitorSession.Patience"/>. So the clients ask.
/// </remarks>
internal sealed class MonitorCommands(ControlContext context)
{
    /// <summary>Clients that may watch at a time: each costs the lanes a copy of what it watches.</summary>
    private const int MostSessions = 8;

    private const int MostUpcalls = 1000;

    private readonly ConcurrentDictionary<long, MonitorSession> _sessions = new();
    private long _last;
    private int _places = MostSessions;

    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("upcall-actors/monitor-start", "[--class class]... [--port port]... [--packets] [match]", 0, int.MaxValue, Start),
        new("upcall-actors/monitor-read", "session [most]", 1, 2, ReadAsync),
        new("upcall-actors/monitor-stop", "session", 1, 1, Stop),
        new("upcall-actors/recent", "[--class class]... [--port port]... [match]", 0, int.MaxValue, Recall),
    ];

    private ControlReply Recall(IReadOnlyList<string> arguments)
    {
        IReadOnlyList<VportMessage> ports = Ports();
        if (!UpcallFilter.TryParse(arguments, ports, out UpcallFilter? filter, out string? problem))
            return ControlReply.Error(problem);
        if (filter.WithPackets)
            return ControlReply.Error("packets are not remembered");
        RecentUpcalls recent = context.Pipeline.Recall(filter);
        OdpPortNames names = PortDescription.Names(ports);
        var reply = new RecentReply(recent.Looked, [.. recent.Upcalls.Select(upcall => UpcallLines.Of(upcall, names, withPacket: false))]);
        return ControlReply.Of(JsonSerializer.Serialize(reply, MonitorJson.Default.RecentReply));
    }

    private IReadOnlyList<VportMessage> Ports()
    {
        using var query = new DatapathQuery(context.Datapath);
        return query.GetPorts();
    }

    private ControlReply Start(IReadOnlyList<string> arguments)
    {
        IReadOnlyList<VportMessage> ports = Ports();
        if (!UpcallFilter.TryParse(arguments, ports, out UpcallFilter? filter, out string? problem))
            return ControlReply.Error(problem);
        if (Interlocked.Decrement(ref _places) < 0)
        {
            Interlocked.Increment(ref _places);
            return ControlReply.Error(string.Create(CultureInfo.InvariantCulture, $"{MostSessions} clients watch already"));
        }

        long id = Interlocked.Increment(ref _last);
        UpcallMonitor monitor = context.Pipeline.Watch(filter, filter.WithPackets ? int.MaxValue : 0);
        _sessions[id] = new MonitorSession(monitor, PortDescription.Names(ports), filter.WithPackets, () => Remove(id));
        return ControlReply.Of(JsonSerializer.Serialize(new MonitorStarted(id), MonitorJson.Default.MonitorStarted));
    }

    private async ValueTask<ControlReply> ReadAsync(ControlCall call, CancellationToken cancellation)
    {
        int most = MostUpcalls;
        if (call.Arguments.Count == 2 && !(int.TryParse(call.Arguments[1], NumberStyles.None, CultureInfo.InvariantCulture, out most)
            && most is > 0 and <= MostUpcalls))
            return ControlReply.Error(string.Create(CultureInfo.InvariantCulture,
                $"{call.Arguments[1]}: no number of upcalls, 1 to {MostUpcalls}"));
        if (!TryFind(call.Arguments[0], out _, out MonitorSession? session))
            return NoSession(call.Arguments[0]);
        MonitorReply? reply = await session!.ReadAsync(most, cancellation);
        return reply is null
            ? ControlReply.Error($"session {call.Arguments[0]} is being read already")
            : ControlReply.Of(JsonSerializer.Serialize(reply, MonitorJson.Default.MonitorReply));
    }

    private ControlReply Stop(IReadOnlyList<string> arguments)
    {
        if (!TryFind(arguments[0], out long id, out _))
            return NoSession(arguments[0]);
        Remove(id);
        return ControlReply.Empty;
    }

    private static ControlReply NoSession(string text) =>
        ControlReply.Error(
            $"{text}: no such session; one that is not read for {MonitorSession.Patience.TotalSeconds:0} seconds is forgotten");

    private bool TryFind(string text, out long id, out MonitorSession? session)
    {
        session = null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && _sessions.TryGetValue(id, out session);
    }

    private void Remove(long id)
    {
        if (!_sessions.TryRemove(id, out MonitorSession? session))
            return;
        session.Dispose();
        Interlocked.Increment(ref _places);
    }
}
