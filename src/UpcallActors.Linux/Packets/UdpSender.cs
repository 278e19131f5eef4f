using System.Buffers.Binary;
using System.ComponentModel;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>
/// Sends a tunnel's datagrams from one UDP port of this host, which the system chose. The host's stack
/// routes them, and cuts them where they are longer than the way out carries. Never waits. Not thread-safe.
/// </summary>
internal sealed unsafe class UdpSender : IDisposable
{
    private const int QueueBytes = 4 << 20;
    private const int ControlLength = 128;
    private const int Ipv4PacketInfoLength = 12;
    private const int Ipv6PacketInfoLength = 20;

    private readonly SafeFileHandle _socket;
    private readonly bool _isIpv6;
    private bool? _checksum;
    private bool? _dontFragment;

    /// <summary>Opens a socket for one IP version. Throws <see cref="Win32Exception"/>: EAFNOSUPPORT without it.</summary>
    public UdpSender(bool isIpv6)
    {
        _isIpv6 = isIpv6;
        _socket = NativeSocket.Open(isIpv6 ? DeviceCalls.FamilyInternet6 : DeviceCalls.FamilyInternet, DeviceCalls.TypeDatagram, 0, "UDP");
        try
        {
            if (isIpv6)
                NativeSocket.Set(_socket, DeviceCalls.LevelIpv6, DeviceCalls.Ipv6Only, 1);
            NativeSocket.SetBuffer(_socket, SocketCalls.SendBufferForce, SocketCalls.SendBuffer, QueueBytes);

            // No answers come to this port. A sender that uses it anyway fills only the smallest buffer.
            NativeSocket.Set(_socket, SocketCalls.LevelSocket, SocketCalls.ReceiveBuffer, 0);
            UdpAddress.Bind(_socket, isIpv6, 0);
            Port = UdpAddress.Of(_socket, isIpv6).Port;
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>The port that its datagrams come from.</summary>
    public ushort Port { get; }

    /// <summary>
    /// Sends one datagram of two pieces. The error is what the system refused
    /// it for: MessageSize if it must not be cut, or is too long for UDP.
    /// </summary>
    public Errno Send(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, in UdpTarget target)
    {
        if (_socket.IsClosed)
            return Errno.BadDescriptor;
        if (!TrySetFlags(target))
            return NativeSocket.LastError();
        byte* address = stackalloc byte[UdpAddress.MaximumLength];
        byte* control = stackalloc byte[ControlLength];
        int addressLength = UdpAddress.Write(new Span<byte>(address, UdpAddress.MaximumLength), _isIpv6, target.Destination, target.Port);
        int controlLength = WriteControl(new Span<byte>(control, ControlLength), target);
        fixed (byte* first = header)
        fixed (byte* second = payload)
        {
            SocketCalls.IoVector* pieces = stackalloc SocketCalls.IoVector[2];
            pieces[0] = new SocketCalls.IoVector { Start = first, Length = (nuint)header.Length };
            pieces[1] = new SocketCalls.IoVector { Start = second, Length = (nuint)payload.Length };
            var message = new SocketCalls.MessageHeader
            {
                Name = address,
                NameLength = (uint)addressLength,
                Pieces = pieces,
                PieceCount = 2,
                Control = controlLength == 0 ? null : control,
                ControlLength = (nuint)controlLength,
            };
            nint sent;
            do
            {
                sent = SocketCalls.Send(_socket, &message, SocketCalls.MessageDontWait);
            }
            while (sent < 0 && NativeSocket.LastError() == Errno.Interrupted);
            return sent < 0 ? NativeSocket.LastError() : Errno.None;
        }
    }

    /// <summary>The local address for datagrams to a destination; 0 without a route.</summary>
    public static UInt128 FindSource(bool isIpv6, UInt128 destination)
    {
        using SafeFileHandle socket = NativeSocket.Open(isIpv6 ? DeviceCalls.FamilyInternet6 : DeviceCalls.FamilyInternet,
            DeviceCalls.TypeDatagram, 0, "UDP");
        byte* address = stackalloc byte[UdpAddress.MaximumLength];
        const ushort AnyPort = 1;
        int length = UdpAddress.Write(new Span<byte>(address, UdpAddress.MaximumLength), isIpv6, destination, AnyPort);
        return SocketCalls.Connect(socket, address, length) < 0 ? 0 : UdpAddress.Of(socket, isIpv6).Address;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>These are properties of a socket, not of a datagram; a flow's do not change, so they are set once.</summary>
    private bool TrySetFlags(in UdpTarget target)
    {
        if (_checksum != target.Checksum)
        {
            bool set = _isIpv6
                ? TrySet(DeviceCalls.LevelUdp, DeviceCalls.UdpNoChecksum6Send, target.Checksum ? 0 : 1)
                : TrySet(SocketCalls.LevelSocket, DeviceCalls.NoUdpChecksum, target.Checksum ? 0 : 1);
            if (!set)
                return false;
            _checksum = target.Checksum;
        }

        if (_isIpv6 || _dontFragment == target.DontFragment)
            return true;
        if (!TrySet(DeviceCalls.LevelIp, DeviceCalls.IpMtuDiscover,
            target.DontFragment ? DeviceCalls.MtuDiscoverAlways : DeviceCalls.MtuDiscoverNever))
            return false;
        _dontFragment = target.DontFragment;
        return true;
    }

    private bool TrySet(int level, int option, int value) => SocketCalls.SetOption(_socket, level, option, &value, sizeof(int)) >= 0;

    private int WriteControl(Span<byte> control, in UdpTarget target)
    {
        Span<byte> rest = control;
        rest.Clear();
        int level = _isIpv6 ? DeviceCalls.LevelIpv6 : DeviceCalls.LevelIp;
        if (target.Source != 0)
        {
            // struct in_pktinfo: index, local address, destination. struct in6_pktinfo: address, index.
            Span<byte> information = ControlMessage.Write(
                ref rest, level, _isIpv6 ? DeviceCalls.Ipv6PacketInfo : DeviceCalls.IpPacketInfo,
                _isIpv6 ? Ipv6PacketInfoLength : Ipv4PacketInfoLength);
            if (_isIpv6)
                BinaryPrimitives.WriteUInt128BigEndian(information, target.Source);
            else
                BinaryPrimitives.WriteUInt32BigEndian(information[4..], (uint)target.Source);
        }

        WriteNumber(ref rest, level, _isIpv6 ? DeviceCalls.Ipv6TrafficClass : DeviceCalls.IpTos, target.Tos);
        if (target.Ttl != 0)
            WriteNumber(ref rest, level, _isIpv6 ? DeviceCalls.Ipv6HopLimit : DeviceCalls.IpTtl, target.Ttl);
        return control.Length - rest.Length;
    }

    private static void WriteNumber(ref Span<byte> rest, int level, int type, int value) =>
        BinaryPrimitives.WriteInt32LittleEndian(ControlMessage.Write(ref rest, level, type, sizeof(int)), value);
}
