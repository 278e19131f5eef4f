using System.Buffers.Binary;
using UpcallActors.Netlink;
using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>
/// Makes upcall messages as <c>queue_userspace_packet</c> does and puts them into the handlers' queues. Used under the
/// datapath's lock.
/// </summary>
internal sealed class UpcallDispatch : IDisposable
{
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

    public IUpcallSource Open(int handler) => new EmbeddedUpcallSource(_queues[handler], (uint)handler + FirstPid);

    /// <summary>The handler behind a Netlink port id, −1 if it is nobody's.</summary>
    public int HandlerOf(uint pid) => pid >= FirstPid && pid - FirstPid < (uint)_queues.Length ? (int)(pid - FirstPid) : -1;

    /// <summary>Queues the MISS upcall of a packet; false when it is lost.</summary>
    public bool Miss(PacketBuffer packet, in FlowKey key) => Queue(PacketCommand.Miss, packet, key, PacketBuffer.NoCut, default, default);

    /// <summary>Queues the ACTION upcall that a USERSPACE action asks for; <paramref name="actions"/> is the list it stands in.</summary>
    public bool Action(PacketBuffer packet, in FlowKey key, ReadOnlySpan<byte> userspace, ReadOnlySpan<byte> actions)
    {
        ReadOnlySpan<byte> userData = default;
        bool wantsActions = false;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(userspace))
        {
            if (attribute.Type == OvsUserspaceAttribute.UserData)
                userData = attribute.Payload;
            wantsActions |= attribute.Type == OvsUserspaceAttribute.Actions;
        }

        PacketHash.Ensure(packet, key);
        return Queue(PacketCommand.Action, packet, key, packet.CutLength, userData, wantsActions ? actions : default);
    }

    public void Dispose()
    {
        foreach (UpcallQueue queue in _queues)
            queue.Dispose();
    }

    private bool Queue(PacketCommand command, PacketBuffer packet, in FlowKey key, uint cutLength, ReadOnlySpan<byte> userData, ReadOnlySpan<byte> actions)
    {
        int length = (int)Math.Min((uint)packet.WireLength, cutLength);
        if (length > ushort.MaxValue - NetlinkAttribute.HeaderLength)
        {
            // The kernel answers EFBIG here and counts the packet as lost.
            _counters.CountLost();
            return false;
        }

        UpcallQueue queue = QueueOf(packet, key);
        Span<byte> room = queue.Reserve(FixedLength + userData.Length + actions.Length + length);
        if (room.IsEmpty)
        {
            _counters.CountLost();
            return false;
        }

        var writer = new NetlinkWriter(room);
        int start = OvsHeader.Begin(ref writer, EmbeddedDatapath.FamilyIds.Packet, NetlinkFlags.None, 0, (byte)command, OvsFamilyVersion.Packet, _options.IfIndex);
        WriteAttributes(ref writer, packet, key, length, userData, actions);
        int total = writer.Length + NetlinkAttribute.HeaderLength + length;
        WritePacket(room[writer.Length..], packet, length);
        BinaryPrimitives.WriteUInt32LittleEndian(room[start..], (uint)total);
        _counters.CountUpcall(command == PacketCommand.Action, packet.Mru);
        queue.Commit(total);
        return true;
    }

    private static void WriteAttributes(ref NetlinkWriter writer, PacketBuffer packet, in FlowKey key, int length, ReadOnlySpan<byte> userData, ReadOnlySpan<byte> actions)
    {
        int nest = writer.BeginNest(OvsPacketAttribute.Key);
        OvsFlowKeyWriter.WriteKey(key, packet.Layout.ExtensionHeaders, ref writer);
        writer.EndNest(nest);
        if (!userData.IsEmpty)
            writer.Put(OvsPacketAttribute.UserData, userData);
        if (!actions.IsEmpty)
            writer.Put(OvsPacketAttribute.Actions, actions);
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
}
