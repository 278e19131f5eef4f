using System.Buffers.Binary;
using System.ComponentModel;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>
/// Receives the datagrams that come to a UDP port of this host, on any address of one IP version, many with one system call and each with
/// the addresses, ToS and TTL of its IP header. Takes IPv6 datagrams without checksum, as tunnels send them (RFC 6935). Used by one thread.
/// </summary>
internal sealed unsafe class UdpReceiver : IDisposable
{
    /// <summary>Datagrams that one receive can take.</summary>
    private const int Slots = 32;

    /// <summary>The longest datagram, and the slots' first lines in different cache sets.</summary>
    private const int SlotLength = 65_536 + 64;
    private const int ControlLength = 128;
    private const int AddressLength = 28;
    private const int QueueBytes = 4 << 20;

    private readonly SafeFileHandle _socket;
    private readonly bool _isIpv6;
    private readonly NativeRegion _memory = new(Slots * (SlotLength + ControlLength + AddressLength + 4));
    private readonly SocketCalls.IoVector[] _pieces = GC.AllocateArray<SocketCalls.IoVector>(Slots, pinned: true);
    private readonly SocketCalls.ManyMessageHeader[] _messages = GC.AllocateArray<SocketCalls.ManyMessageHeader>(Slots, pinned: true);

    /// <summary>
    /// Opens a port, or with 0 one that the system chooses. Throws <see cref="Win32Exception"/>:
    /// EADDRINUSE when another socket or tunnel device has it, EAFNOSUPPORT without that IP version.
    /// </summary>
    public UdpReceiver(bool isIpv6, ushort port)
    {
        _isIpv6 = isIpv6;
        _socket = NativeSocket.Open(isIpv6 ? DeviceCalls.FamilyInternet6 : DeviceCalls.FamilyInternet, DeviceCalls.TypeDatagram, 0, "UDP");
        try
        {
            int level = isIpv6 ? DeviceCalls.LevelIpv6 : DeviceCalls.LevelIp;
            NativeSocket.Set(_socket, level, isIpv6 ? DeviceCalls.Ipv6ReceivePacketInfo : DeviceCalls.IpPacketInfo, 1);
            NativeSocket.Set(_socket, level, isIpv6 ? DeviceCalls.Ipv6ReceiveHopLimit : DeviceCalls.IpReceiveTtl, 1);
            NativeSocket.Set(_socket, level, isIpv6 ? DeviceCalls.Ipv6ReceiveTrafficClass : DeviceCalls.IpReceiveTos, 1);
            NativeSocket.SetBuffer(_socket, SocketCalls.ReceiveBufferForce, SocketCalls.ReceiveBuffer, QueueBytes);
            if (isIpv6)
            {
                NativeSocket.Set(_socket, level, DeviceCalls.Ipv6Only, 1);
                NativeSocket.Set(_socket, DeviceCalls.LevelUdp, DeviceCalls.UdpNoChecksum6Receive, 1);
            }

            UdpAddress.Bind(_socket, isIpv6, port);
            Port = UdpAddress.Of(_socket, isIpv6).Port;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The port.</summary>
    public ushort Port { get; }

    /// <summary>The descriptor to poll; −1 after <see cref="Dispose"/>.</summary>
    public int Descriptor => NativeSocket.DescriptorOf(_socket);

    /// <summary>Takes waiting datagrams, as many as there is room for, and returns how many; never waits.</summary>
    public int Receive()
    {
        if (_socket.IsClosed)
            return 0;
        fixed (SocketCalls.IoVector* pieces = _pieces)
        fixed (SocketCalls.ManyMessageHeader* messages = _messages)
        {
            for (int slot = 0; slot < Slots; slot++)
            {
                pieces[slot] = new SocketCalls.IoVector { Start = Payload(slot), Length = SlotLength };
                messages[slot].Header = new SocketCalls.MessageHeader
                {
                    Name = Payload(slot) + SlotLength + ControlLength,
                    NameLength = AddressLength,
                    Pieces = &pieces[slot],
                    PieceCount = 1,
                    Control = Payload(slot) + SlotLength,
                    ControlLength = ControlLength,
                };
            }

            return Math.Max(SocketCalls.ReceiveMany(_socket, messages, Slots, SocketCalls.MessageDontWait, null), 0);
        }
    }

    /// <summary>A datagram of the last receive.</summary>
    public UdpDatagram this[int slot]
    {
        get
        {
            ref SocketCalls.ManyMessageHeader message = ref _messages[slot];
            byte* start = Payload(slot);
            var address = new ReadOnlySpan<byte>(start + SlotLength + ControlLength, AddressLength);
            var control = new ControlMessages(new ReadOnlySpan<byte>(start + SlotLength,
                (int)Math.Min(message.Header.ControlLength, ControlLength)));
            var ip = default(UdpPacketInformation);
            ip.Read(control, _isIpv6);
            return new UdpDatagram
            {
                Payload = new ReadOnlySpan<byte>(start, (int)Math.Min(message.Length, SlotLength)),
                Source = _isIpv6 ? BinaryPrimitives.ReadUInt128BigEndian(address[8..]) : BinaryPrimitives.ReadUInt32BigEndian(address[4..]),
                SourcePort = BinaryPrimitives.ReadUInt16BigEndian(address[2..]),
                Destination = ip.Destination,
                Tos = ip.Tos,
                Ttl = ip.Ttl,
                IsCut = (message.Header.Flags & SocketCalls.MessageTruncated) != 0,
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _memory.Dispose();
    }

    private byte* Payload(int slot)
    {
        const int Stride = SlotLength + ControlLength + AddressLength + 4;
        return _memory.Address(slot * Stride, Stride);
    }
}
