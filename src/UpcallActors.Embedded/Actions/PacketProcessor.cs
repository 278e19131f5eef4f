using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Takes packets through the flow table and carries out actions: <c>ovs_dp_process_packet</c> and
/// <c>ovs_execute_actions</c>. Used under the datapath's lock; allocates nothing once its pools are filled.
/// </summary>
internal sealed partial class PacketProcessor
{
    /// <summary>Levels of recirculation (<c>OVS_RECURSION_LIMIT</c>).</summary>
    private const int RecursionLimit = 5;

    private readonly EmbeddedDatapathOptions _options;
    private readonly PacketBufferPool _pool = new();
    private readonly DeferredActions _deferred = new();
    private readonly UpcallDispatch _upcalls;
    private readonly IpDefragmenter _defragmenter = new();
    private readonly Random _random;
    private int _level;

    /// <summary>Why the last <see cref="Step.Refused"/>.</summary>
    private Errno _refusal;

    public PacketProcessor(EmbeddedDatapathOptions options, UpcallDispatch upcalls, DatapathCounters counters)
    {
        _options = options;
        _upcalls = upcalls;
        Counters = counters;
        _random = new Random(options.RandomSeed);
    }

    public FlowTable Flows { get; } = new();

    public EmbeddedPortTable Ports { get; } = new();

    public MeterTable Meters { get; } = new();

    public ConnectionTracker Connections { get; } = new();

    public IpDefragmenter Defragmenter => _defragmenter;

    private DatapathCounters Counters { get; }

    private DatapathClock Clock => _options.Clock;

    /// <summary>A frame arrives on a port (<c>ovs_vport_receive</c>).</summary>
    public void Receive(uint portNumber, ReadOnlySpan<byte> frame)
    {
        var key = new FlowKey { DatapathPort = portNumber };
        Receive(frame, ref key);
    }

    /// <summary>A frame arrives on the key's port, out of a tunnel if the key says so; the key's other fields are 0.</summary>
    public void Receive(ReadOnlySpan<byte> frame, ref FlowKey key)
    {
        EmbeddedPort? port = Ports.Find(key.DatapathPort);
        if (port is null)
        {
            Counters.CountDrop(DropReason.UnknownInputPort);
            return;
        }

        port.CountReceived(frame.Length);
        if (frame.Length > PacketBuffer.MaximumLength)
        {
            Counters.CountDrop(DropReason.FrameTooLong);
            return;
        }

        PacketBuffer packet = StartOver(frame);
        if (TryExtract(packet, ref key))
            Process(packet, ref key);
        else
            Counters.CountDrop(DropReason.MalformedFrame);
        _pool.Release(packet);
    }

    /// <summary>
    /// Carries out the actions of an EXECUTE on a frame (<c>ovs_packet_cmd_execute</c>). The key's metadata is the
    /// sender's, its headers come from the frame. Returns <see cref="Errno.None"/> or why not.
    /// </summary>
    public Errno Execute(ReadOnlySpan<byte> frame, ref FlowKey key, PacketOrigin origin, int upcallHandler, ActionSlice actions)
    {
        if (frame.Length > PacketBuffer.MaximumLength)
            return Errno.Invalid;
        PacketBuffer packet = StartOver(frame);
        packet.Mru = origin.Mru;
        packet.Hash = origin.Hash;
        packet.UpcallHandler = upcallHandler;
        Errno error = Errno.Invalid;
        if (TryExtract(packet, ref key) && HasFittingTuple(key))
        {
            error = ActionValidation.Check(actions.Span, key);
            if (error == Errno.None && Ports.Find(key.DatapathPort) is null && Ports.Find(0) is null)
                error = Errno.NoDevice;
            if (error == Errno.None)
            {
                Counters.CountExecute();
                error = ExecuteActions(packet, ref key, actions);
            }
        }

        _pool.Release(packet);
        return error;
    }

    /// <summary>A port's output that threw in the middle of a packet must not spoil those that follow.</summary>
    private PacketBuffer StartOver(ReadOnlySpan<byte> frame)
    {
        _level = 0;
        _deferred.Clear();
        PacketBuffer packet = _pool.Acquire();
        packet.Load(frame);
        return packet;
    }

    /// <summary>The tracked tuple must be of the frame's IP version (<c>ovs_flow_key_extract_userspace</c>).</summary>
    private static bool HasFittingTuple(in FlowKey key)
    {
        bool ipv4 = key.CtOrigIpv4Src != 0 || key.CtOrigIpv4Dst != 0;
        bool ipv6 = key.CtOrigIpv6Src != 0 || key.CtOrigIpv6Dst != 0;
        return (!ipv4 || key.EthType == EtherTypes.Ipv4) && (!ipv6 || key.EthType == EtherTypes.Ipv6);
    }

    private static bool TryExtract(PacketBuffer packet, ref FlowKey key)
    {
        packet.HoldOuterTag();
        bool extracted = KeyExtraction.TryExtract(packet.Frame, packet.VlanTpid, packet.VlanTci, ref key, out PacketLayout layout);
        packet.Layout = layout;
        return extracted;
    }

    private void Process(PacketBuffer packet, ref FlowKey key)
    {
        PacketHash.Ensure(packet, key);
        DatapathFlow? flow = Flows.Find(key, out int masks);
        Counters.CountLookup(flow is not null, masks);
        if (flow is null)
        {
            _upcalls.Miss(packet, key);
            return;
        }

        flow.Update(packet.WireLength, key.TcpFlags, Clock.Milliseconds);
        _ = ExecuteActions(packet, ref key, new ActionSlice(flow.Actions));
    }

    private Errno ExecuteActions(PacketBuffer packet, ref FlowKey key, ActionSlice actions)
    {
        if (_level >= RecursionLimit)
        {
            Counters.CountDrop(DropReason.RecursionLimit);
            return Errno.NetworkDown;
        }

        _level++;
        Errno error = DoExecute(packet, ref key, actions);
        if (_level == 1)
            RunDeferred();
        _level--;
        return error;
    }

    private void RunDeferred()
    {
        while (_deferred.TryTake(out PacketBuffer? packet, out FlowKey key, out ActionSlice actions))
        {
            if (actions.Bytes is null)
                Process(packet, ref key);
            else
                _ = DoExecute(packet, ref key, actions);
            _pool.Release(packet);
        }
    }
}
