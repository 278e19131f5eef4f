using Akka.Actor;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch;

/// <summary>
/// Sends packets to a client, no more than its limits allow (<c>connmgr_send_async_msg</c>). Missed packets and others each have the rate
/// to themselves. The bridge's, and the connection says what it could send, on the same thread. When packets that wait may go, the bridge
/// is told so (<see cref="PacketsDue"/>).
/// </summary>
/// <param name="client">The client.</param>
/// <param name="limits">What it gets.</param>
/// <param name="options">The clock, where it is counted, and where it is said.</param>
/// <param name="overflows">How often it is said that the client does not read.</param>
internal sealed class PacketInSender(OpenFlowClient client, PacketInLimits limits, ServingOptions options, LogRate overflows)
{
    /// <summary>Packets of a type in a turn (<c>pinsched_run</c>).</summary>
    private const int MostPerTurn = 50;

    /// <summary>Packets that the connection may have to look at yet, more than those of a turn of the switch.</summary>
    private const int MostHanded = 512;

    private static readonly PacketInType[] _types = Enum.GetValues<PacketInType>();

    private readonly PacketInScheduler<OutgoingMessage>?[] _schedulers = [.. _types.Select(_ => MakeScheduler(limits, options.Time))];
    private readonly int[] _underWay = new int[_types.Length];
    private readonly List<OutgoingPacket> _batch = [];
    private PacketInLimits _limits = limits;
    private ITimer? _timer;
    private int _handed;
    private int _unread;
    private long _overflows;
    private bool _isEnded;

    private PacketInCounters Counters => options.PacketIns;

    /// <summary>What holds back packets of a type, with what it has counted for this connection; null without a rate limit.</summary>
    public PacketInScheduler<OutgoingMessage>? SchedulerOf(PacketInType type) => _schedulers[(int)type];

    /// <summary>Whether one more packet may wait for the client to read.</summary>
    public bool HasRoom => _unread < _limits.QueueSize;

    /// <summary>Sends a packet, with the next <see cref="Flush"/> or when it may be.</summary>
    public void Send(ControllerPacket packet)
    {
        PacketInType type = TypeOf(packet.Reason);
        Counters.CountTold(type);
        PacketInFormat format = client.PacketInFormat;
        if (PacketInEncoding.Encode(packet, format, client.Version) is not { } body)
        {
            Counters.CountDropped(type, PacketInLoss.TooLong);
            return;
        }

        var message = new OutgoingMessage((byte)client.Version, xid: 0, PacketInEncoding.FormOf(format, client.Version), body);
        if (SchedulerOf(type) is not { } scheduler || scheduler.TryPass())
        {
            Give(type, message);
            return;
        }

        long dropped = scheduler.Dropped;
        scheduler.Add(packet.InPort, message, LengthOf(body));
        Counters.CountLimited(type);
        Counters.CountDropped(type, PacketInLoss.RateLimit, scheduler.Dropped - dropped);
        // With more than one it is set.
        if (scheduler.Backlog == 1)
            SetTimer();
    }

    /// <summary>What a packet is to the limits.</summary>
    public static PacketInType TypeOf(ControllerReason reason) =>
        ControllerPacket.IsMissReason(reason) ? PacketInType.Miss : PacketInType.Action;

    /// <summary>Hands to the connection what may go: a turn's packets at once, which it mostly sends with one system call.</summary>
    public void Flush()
    {
        if (_batch.Count == 0)
            return;
        client.Connection.Tell(new PacketInBatch([.. _batch]), ActorRefs.NoSender);
        _handed += _batch.Count;
        _batch.Clear();
    }

    /// <summary>Sends what waits and may go by now.</summary>
    public void Run()
    {
        if (_isEnded)
            return;
        foreach (PacketInType type in _types)
        {
            for (int i = 0; i < MostPerTurn && SchedulerOf(type)?.TryTake(out OutgoingMessage? message) == true; i++)
                Give(type, message);
        }

        Flush();
        SetTimer();
    }

    /// <summary>The limits are these from now on. What waits for a rate that there is no more is sent now.</summary>
    public void Limit(PacketInLimits changed)
    {
        if (_limits == changed)
            return;
        _limits = changed;
        foreach (PacketInType type in _types)
        {
            ref PacketInScheduler<OutgoingMessage>? scheduler = ref _schedulers[(int)type];
            if (scheduler is null)
                scheduler = MakeScheduler(changed, options.Time);
            else if (changed.Rate is { } rate)
            {
                long dropped = scheduler.Dropped;
                scheduler.Limit(rate, changed.Burst);
                Counters.CountDropped(type, PacketInLoss.RateLimit, scheduler.Dropped - dropped);
            }
            else
            {
                foreach (OutgoingMessage message in scheduler.TakeAll())
                    Give(type, message);
                scheduler = null;
            }
        }

        Flush();
        SetTimer();
    }

    /// <summary>The connection has taken a packet: it is sent when the client has read those before.</summary>
    public void NoteTaken()
    {
        _handed--;
        _unread++;
    }

    /// <summary>The connection has not taken a packet: the client does not read those before.</summary>
    public void NoteOverflow(PacketInType type)
    {
        _handed--;
        CountOverflow(type);
    }

    /// <summary>A packet has left.</summary>
    public void NoteSent(PacketInType type)
    {
        _unread--;
        _underWay[(int)type]--;
        Counters.CountSent(type);
    }

    /// <summary>The connection has ended.</summary>
    public void End()
    {
        _isEnded = true;
        _timer?.Dispose();
        foreach (PacketInType type in _types)
            Counters.CountDropped(type, PacketInLoss.Disconnected, _underWay[(int)type] + (SchedulerOf(type)?.Backlog ?? 0));
    }

    private static PacketInScheduler<OutgoingMessage>? MakeScheduler(PacketInLimits limits, TimeProvider time) =>
        limits.Rate is { } rate ? new PacketInScheduler<OutgoingMessage>(time, rate, limits.Burst) : null;

    private static int LengthOf(PacketInMessage body) => body.Packet.Length + body.UserData.Length + body.Continuation.Length;

    /// <summary>Gives a packet to the connection, which says what becomes of it.</summary>
    private void Give(PacketInType type, OutgoingMessage message)
    {
        _underWay[(int)type]++;
        if (_handed + _batch.Count < MostHanded)
            _batch.Add(new OutgoingPacket(this, type, message));
        else
            CountOverflow(type);
    }

    private void CountOverflow(PacketInType type)
    {
        _underWay[(int)type]--;
        Counters.CountDropped(type, PacketInLoss.QueueOverflow);
        _overflows++;
        if (overflows.TryTake(out _))
            options.Logger.PacketInOverflow(client.Settings.Peer, _overflows);
    }

    private void SetTimer()
    {
        TimeSpan? wait = _types.Min(type => SchedulerOf(type)?.Wait);
        if (wait is null)
            return;
        _timer ??= options.Time.CreateTimer(
            _ => client.Bridge.Tell(new PacketsDue(this), ActorRefs.NoSender), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(wait.Value, Timeout.InfiniteTimeSpan);
    }
}

/// <summary>To a bridge: packets for a client have waited long enough.</summary>
internal sealed record PacketsDue(PacketInSender Sender) : INoSerializationVerificationNeeded;
