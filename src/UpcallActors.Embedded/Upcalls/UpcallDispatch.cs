using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Makes upcall messages as <c>queue_userspace_packet</c> does and puts them into the handlers' queues. Used under the
/// datapath's lock.
/// </summary>
internal sealed class UpcallDispatch : IDisposable
{
    /// <summary>Bytes of a packet that its Netlink attribute carries.</summary>
    public const int LongestPacket = ushort.MaxValue - NetlinkAttribute.HeaderLength;

    /// <summary>Added to a handler's number to make its Netlink port id.</summary>
    private const uint FirstPid = 1;

    /// <summary>More than headers, key and small attributes ever take.</summary>
    private const int FixedLength = 2048;

    private readonly EmbeddedDatapathOptions _options;
    private readonly DatapathCounters _counters;
    private readonly UpcallQueue[] _queues;

    public UpcallDispatch(EmbeddedDatapathOptions options, DatapathCounters counters)
    {
        _options = options;
        _counters = counters;
        _queues = new UpcallQueue[options.HandlerCount];
        for (int handler = 0; handler < _queues.Length; handler++)
            _queues[handler] = new UpcallQueue(options.UpcallQueueBytes);
    }

    /// <summary>Upcalls that found a handler's queue full, by handler.</summary>
    public IReadOnlyList<ulong> Drops => [.. _queues.Select(queue => queue.Dropped)];

    public IUpcallSource Open(int handler) => new EmbeddedUpcallSource(_queues[handler], (uint)handler + FirstPid);

    /// <summary>The handler behind a Netlink port id, −1 if there is none.</summary>
    public int HandlerOf(uint pid) => pid >= FirstPid && pid - FirstPid < (uint)_queues.Length ? (int)(pid - FirstPid) : -1;

    /// <summary>Queues the MISS upcall of a packet, or counts that it is lost.</summary>
    public void Miss(PacketBuffer packet, in FlowKey key) => Queue(PacketCommand.Miss, packet, key, PacketBuffer.NoCut, default);

    /// <summary>Queues the ACTION upcall that a USERSPACE action asks for; <paramref name="actions"/> is the list it stands in.</summary>
    public void Action(PacketBuffer packet, in FlowKey key, ReadOnlySpan<byte> userspace, ReadOnlySpan<byte> actions,
        EmbeddedPortTable ports)
    {
        PacketHash.Ensure(packet, key);
        var asked = default(Asked);
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(userspace))
        {
            if (attribute.Type == OvsUserspaceAttribute.UserData)
                asked.UserData = attribute.Payload;
            else if (attribute.Type == OvsUserspaceAttribute.Actions)
                asked.Actions = actions;
            else if (attribute.Type == OvsUserspaceAttribute.EgressTunnelPort)
                asked.HasEgress = TryFindEgress(packet, ports.Find(attribute.U32), out asked.Egress);
        }

        Queue(PacketCommand.Action, packet, key, packet.CutLength, asked);
    }

    public void Dispose()
    {
        foreach (UpcallQueue queue in _queues)
            queue.Dispose();
    }

    /// <summary>What the packet's outer headers will be, if its tunnel is known by now and the port is one.</summary>
    private static bool TryFindEgress(PacketBuffer packet, EmbeddedPort? port, out FlowKey egress)
    {
        egress = packet.HasTunnel ? packet.Tunnel : default;
        return packet.HasTunnel && port?.Tunnel is { } tunnel && tunnel.TryFillEgress(ref egress, (uint)packet.Hash);
    }

    private void Queue(PacketCommand command, PacketBuffer packet, in FlowKey key, uint cutLength, in Asked asked)
    {
        int length = (int)Math.Min((uint)packet.WireLength, cutLength);
        if (length > LongestPacket)
        {
            // The kernel answers EFBIG here and counts the packet as lost.
            _counters.CountDrop(DropReason.UpcallTooLong);
            return;
        }

        UpcallQueue queue = QueueOf(packet, key);
        Span<byte> room = queue.Reserve(FixedLength + asked.UserData.Length + asked.Actions.Length + length);
        if (room.IsEmpty)
        {
            _counters.CountDrop(DropReason.UpcallQueueFull);
            return;
        }

        var writer = new NetlinkWriter(room);
        int start = OvsHeader.Begin(ref writer, EmbeddedDatapath.FamilyIds.Packet, NetlinkFlags.None, 0, (byte)command,
            OvsFamilyVersion.Packet, _options.IfIndex);
        WriteAttributes(ref writer, packet, key, length, asked);
        int total = writer.Length + NetlinkAttribute.HeaderLength + length;
        WritePacket(room[writer.Length..], packet, length);
        BinaryPrimitives.WriteUInt32LittleEndian(room[start..], (uint)total);
        _counters.CountUpcall(command == PacketCommand.Action, packet.Mru);
        queue.Commit(total);
    }

    private static void WriteAttributes(ref NetlinkWriter writer, PacketBuffer packet, in FlowKey key, int length, in Asked asked)
    {
        int nest = writer.BeginNest(OvsPacketAttribute.Key);
        OvsFlowKeyWriter.WriteKey(key, packet.Layout.ExtensionHeaders, ref writer);
        writer.EndNest(nest);
        if (!asked.UserData.IsEmpty)
            writer.Put(OvsPacketAttribute.UserData, asked.UserData);
        if (asked.HasEgress)
        {
            nest = writer.BeginNest(OvsPacketAttribute.EgressTunnelKey);
            OvsFlowKeyWriter.WriteTunnelAttributes(asked.Egress, ref writer);
            writer.EndNest(nest);
        }

        if (!asked.Actions.IsEmpty)
            writer.Put(OvsPacketAttribute.Actions, asked.Actions);
        if (packet.Mru != 0)
            writer.PutU16(OvsPacketAttribute.Mru, packet.Mru);
        if (length < packet.WireLength)
            writer.PutU32(OvsPacketAttribute.Len, (uint)packet.WireLength);
        writer.PutU64(OvsPacketAttribute.Hash, packet.Hash);
    }

    /// <summary>The packet comes last and has no padding (<c>OVS_DP_F_UNALIGNED</c>).</summary>
    private static void WritePacket(Span<byte> target, PacketBuffer packet, int length)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)(NetlinkAttribute.HeaderLength + length));
        BinaryPrimitives.WriteUInt16LittleEndian(target[2..], OvsPacketAttribute.Packet);
        packet.CopyWireTo(target[NetlinkAttribute.HeaderLength..], length);
    }

    private UpcallQueue QueueOf(PacketBuffer packet, in FlowKey key)
    {
        if (packet.UpcallHandler >= 0)
            return _queues[packet.UpcallHandler];
        return _queues.Length == 1 ? _queues[0] : _queues[PacketHash.Flow(packet, key) % (uint)_queues.Length];
    }

    /// <summary>What a USERSPACE action wants to have beside the packet.</summary>
    private ref struct Asked
    {
        public ReadOnlySpan<byte> UserData;
        public ReadOnlySpan<byte> Actions;
        public FlowKey Egress;
        public bool HasEgress;
    }
}
