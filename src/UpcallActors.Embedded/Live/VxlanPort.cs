using System.ComponentModel;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// A VXLAN tunnel port on the host's UDP, which routes and cuts the outer packets: what a VXLAN
/// device with metadata (<c>collect_md</c>) is to the kernel's datapath. A frame that comes in
/// has the tunnel it came by in its key; one that goes out has it from <c>set(tunnel(…))</c>.
/// </summary>
/// <remarks>
/// A received key never has the flag CSUM: a UDP socket does not tell whether
/// the datagram had a checksum. Nor are extensions (group policy) known.
/// </remarks>
internal sealed class VxlanPort : LivePort, ITunnelOutput
{
    /// <summary>Source ports for each IP version, so that routers and hosts on the way can spread flows; a power of two.</summary>
    private const int SourcePorts = 8;

    private readonly UdpReceiver[] _receivers;
    private readonly UdpSender[] _senders4;
    private readonly UdpSender[] _senders6;
    private readonly ushort _port;

    /// <summary>Opens the tunnel's port on both IP versions, or on those that the host has. Throws <see cref="Win32Exception"/>.</summary>
    public VxlanPort(ushort port)
    {
        _port = port;
        var receivers = new List<UdpReceiver> { new(isIpv6: false, port) };
        _senders4 = _senders6 = [];
        _receivers = [.. receivers];
        try
        {
            _senders4 = Senders(isIpv6: false);
            try
            {
                receivers.Add(new UdpReceiver(isIpv6: true, port));
                _senders6 = Senders(isIpv6: true);
            }
            catch (Win32Exception none) when (none.NativeErrorCode == (int)Errno.AddressFamilyNotSupported)
            {
                // A host without IPv6 has tunnels over IPv4.
            }

            _receivers = [.. receivers];
        }
        catch
        {
            _receivers = [.. receivers];
            Dispose();
            throw;
        }
    }

    public override int DescriptorCount => _receivers.Length;

    public override int Descriptor(int index) => _receivers[index].Descriptor;

    public override bool Receive(int index, FrameIntake intake)
    {
        bool isIpv6 = index == 1;
        UdpReceiver receiver = _receivers[index];
        int received = receiver.Receive();
        for (int datagram = 0; datagram < received; datagram++)
        {
            if (!TryAdd(receiver[datagram], isIpv6, intake))
                Port.CountReceiveError(receiver[datagram].IsCut ? DropReason.FrameCut : DropReason.TunnelMalformed);
        }

        return true;
    }

    public void Transmit(ReadOnlySpan<byte> frame, in FlowKey tunnel, uint hash)
    {
        Span<byte> header = stackalloc byte[VxlanHeader.Length];
        VxlanHeader.Write(header, (uint)tunnel.TunId);
        bool isIpv6 = tunnel.TunIpv6Dst != UInt128.Zero;
        var target = new UdpTarget(
            isIpv6,
            isIpv6 ? tunnel.TunIpv6Src : tunnel.TunIpv4Src,
            isIpv6 ? tunnel.TunIpv6Dst : tunnel.TunIpv4Dst,
            tunnel.TunTpDst != 0 ? tunnel.TunTpDst : _port,
            TunnelCongestion.Encapsulate(tunnel.TunTos, frame),
            tunnel.TunTtl,
            (tunnel.TunFlags & TunnelFlags.DontFragment) != 0,
            (tunnel.TunFlags & TunnelFlags.Checksum) != 0);
        if (SenderFor(isIpv6, hash) is not { } sender || sender.Send(header, frame, target) != Errno.None)
            Port.CountSendDropped(1);
    }

    public bool TryFillEgress(ref FlowKey tunnel, uint hash)
    {
        bool isIpv6 = tunnel.TunIpv6Dst != UInt128.Zero;
        UInt128 source = isIpv6 ? tunnel.TunIpv6Src : tunnel.TunIpv4Src;
        if (source == UInt128.Zero)
            source = UdpSender.FindSource(isIpv6, isIpv6 ? tunnel.TunIpv6Dst : tunnel.TunIpv4Dst);
        if (source == UInt128.Zero || SenderFor(isIpv6, hash) is not { } sender)
            return false;
        if (isIpv6)
            tunnel.TunIpv6Src = source;
        else
            tunnel.TunIpv4Src = (uint)source;
        tunnel.TunTpSrc = sender.Port;
        tunnel.TunTpDst = _port;
        return true;
    }

    public override void Dispose()
    {
        foreach (UdpReceiver receiver in _receivers)
            receiver.Dispose();
        foreach (UdpSender sender in _senders4)
            sender.Dispose();
        foreach (UdpSender sender in _senders6)
            sender.Dispose();
    }

    private static UdpSender[] Senders(bool isIpv6)
    {
        var senders = new UdpSender[SourcePorts];
        for (int index = 0; index < senders.Length; index++)
            senders[index] = new UdpSender(isIpv6);
        return senders;
    }

    private UdpSender? SenderFor(bool isIpv6, uint hash)
    {
        UdpSender[] senders = isIpv6 ? _senders6 : _senders4;
        return senders.Length == 0 ? null : senders[hash & (SourcePorts - 1)];
    }

    private bool TryAdd(in UdpDatagram datagram, bool isIpv6, FrameIntake intake)
    {
        if (datagram.IsCut || !VxlanHeader.TryRead(datagram.Payload, out uint identifier, out ReadOnlySpan<byte> frame))
            return false;
        Span<byte> room = intake.Reserve(frame.Length);
        frame.CopyTo(room);
        if (!TunnelCongestion.TryDecapsulate(datagram.Tos, room))
            return false;
        var key = new FlowKey
        {
            DatapathPort = Port.Number,
            TunId = identifier,
            TunFlags = TunnelFlags.Key,
            TunTos = datagram.Tos,
            TunTtl = datagram.Ttl,
            TunTpSrc = datagram.SourcePort,
            TunTpDst = _port,
        };
        if (isIpv6)
        {
            key.TunIpv6Src = datagram.Source;
            key.TunIpv6Dst = datagram.Destination;
        }
        else
        {
            key.TunIpv4Src = (uint)datagram.Source;
            key.TunIpv4Dst = (uint)datagram.Destination;
        }

        intake.Batch.Commit(key, frame.Length);
        return true;
    }
}
