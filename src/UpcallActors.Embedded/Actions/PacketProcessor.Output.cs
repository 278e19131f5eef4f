using System.Buffers.Binary;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <content>Output to ports: <c>do_output</c>, <c>ovs_fragment</c> and <c>ovs_vport_send</c>.</content>
internal sealed partial class PacketProcessor
{
    /// <summary>The longest header in front of IP that refragmenting can repeat (<c>MAX_L2_LEN</c>).</summary>
    private const int MaximumL2Length = 30;

    private readonly List<EmbeddedPort> _toFlush = [];
    private readonly byte[] _wire = new byte[PacketBuffer.MaximumLength + EthernetHeader.VlanTagLength];

    private void OutputTo(PacketBuffer packet, in FlowKey key, uint portNumber, bool last)
    {
        EmbeddedPort? port = Ports.Find(portNumber);
        if (port is null)
        {
            Counters.CountDrop(DropReason.UnknownPort);
            packet.CutLength = PacketBuffer.NoCut;
            return;
        }

        PacketBuffer own = packet;
        if (packet.CutLength < packet.Length)
        {
            own = last ? packet : _pool.Copy(packet);
            own.Trim((int)Math.Max(packet.CutLength, EthernetHeader.Length));
        }

        if (own.Mru == 0 || own.Length <= own.Mru + EthernetHeader.Length)
            Send(own, port);
        else if (own.Mru <= port.Mtu)
            SendFragments(own, key, port);
        else
            Counters.CountDrop(DropReason.MruAboveMtu);

        if (!ReferenceEquals(own, packet))
            _pool.Release(own);
        packet.CutLength = PacketBuffer.NoCut;
    }

    private void Send(PacketBuffer packet, EmbeddedPort port)
    {
        if (!FitsMtu(packet, port))
            return;
        if (port.Tunnel is { } tunnel)
        {
            SendTunnelled(packet, port, tunnel);
            return;
        }

        int length = packet.CopyWireTo(_wire, packet.WireLength);
        if (port.Output is not null && !port.AwaitsFlush)
        {
            port.AwaitsFlush = true;
            _toFlush.Add(port);
        }

        port.Send(_wire.AsSpan(0, length), Clock.Microseconds);
    }

    private void SendTunnelled(PacketBuffer packet, EmbeddedPort port, ITunnelOutput tunnel)
    {
        // A tunnel device drops a packet without metadata (vxlan_xmit).
        if (!packet.HasTunnel)
        {
            Counters.CountDrop(DropReason.NoTunnel);
            return;
        }

        int length = packet.CopyWireTo(_wire, packet.WireLength);
        port.Send(_wire.AsSpan(0, length), tunnel, packet.Tunnel, (uint)packet.Hash);
    }

    /// <summary>Lets the ports' outputs send what they have collected.</summary>
    public void FlushOutputs()
    {
        while (_toFlush.Count > 0)
        {
            EmbeddedPort port = _toFlush[^1];
            _toFlush.RemoveAt(_toFlush.Count - 1);
            port.AwaitsFlush = false;
            port.Output!.Flush();
        }
    }

    /// <summary>
    /// Counts the packet as an error of the port when it exceeds the MTU. One VLAN tag is not counted (<c>packet_length</c>).
    /// </summary>
    private bool FitsMtu(PacketBuffer packet, EmbeddedPort port)
    {
        int length = packet.Length - EthernetHeader.Length;
        if (packet.VlanTpid == 0 && EtherTypes.IsVlan(BinaryPrimitives.ReadUInt16BigEndian(packet.Frame[12..])))
            length -= EthernetHeader.VlanTagLength;
        if (length <= port.Mtu)
            return true;
        port.CountSendError();
        Counters.CountDrop(DropReason.OverMtu);
        return false;
    }

    private void SendFragments(PacketBuffer packet, in FlowKey key, EmbeddedPort port)
    {
        if (packet.Layout.NetworkOffset > MaximumL2Length)
        {
            Counters.CountDrop(DropReason.FragmentL2TooLong);
            return;
        }

        // ipv6_select_ident: a random number that is not 0.
        uint identification = (uint)_random.NextInt64(1, 1L << 32);
        FragmentationError error = IpFragmenter.TryCreate(packet.Frame, packet.Layout.NetworkOffset, key.EthType, packet.Mru, port.Mtu,
            identification, out IpFragmenter fragments);
        if (error != FragmentationError.None)
        {
            Counters.CountDrop(ReasonOf(error));
            return;
        }

        PacketBuffer fragment = _pool.Copy(packet);
        while (fragments.TryNext(_wire, out int length))
        {
            fragment.SetBytes(_wire.AsSpan(0, length));
            Send(fragment, port);
        }

        _pool.Release(fragment);
    }

    private static DropReason ReasonOf(FragmentationError error) => error switch
    {
        FragmentationError.NotIp => DropReason.FragmentInvalidProtocol,
        FragmentationError.L2HeaderTooLong => DropReason.FragmentL2TooLong,
        FragmentationError.MruAboveMtu => DropReason.MruAboveMtu,
        _ => DropReason.FragmentMalformed,
    };
}
