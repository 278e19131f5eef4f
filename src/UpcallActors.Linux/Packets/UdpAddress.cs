using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>Addresses of UDP sockets (<c>struct sockaddr_in</c>, <c>sockaddr_in6</c>).</summary>
internal static unsafe class UdpAddress
{
    /// <summary>Room for either.</summary>
    public const int MaximumLength = 28;

    private const int Ipv4Length = 16;
    private const int Ipv6Length = 28;

    /// <summary>Writes an address and returns its length.</summary>
    public static int Write(Span<byte> target, bool isIpv6, UInt128 address, ushort port)
    {
        target[..MaximumLength].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(target, isIpv6 ? (ushort)DeviceCalls.FamilyInternet6 : (ushort)DeviceCalls.FamilyInternet);
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], port);
        if (isIpv6)
            BinaryPrimitives.WriteUInt128BigEndian(target[8..], address);
        else
            BinaryPrimitives.WriteUInt32BigEndian(target[4..], (uint)address);
        return isIpv6 ? Ipv6Length : Ipv4Length;
    }

    /// <summary>Binds to a port on all addresses.</summary>
    public static void Bind(SafeFileHandle socket, bool isIpv6, ushort port)
    {
        byte* address = stackalloc byte[MaximumLength];
        int length = Write(new Span<byte>(address, MaximumLength), isIpv6, 0, port);
        if (SocketCalls.Bind(socket, address, length) < 0)
            throw NativeSocket.Failure($"bind to UDP port {port}");
    }

    /// <summary>The address and port of a bound or connected socket; zeros when it has none.</summary>
    public static (UInt128 Address, ushort Port) Of(SafeFileHandle socket, bool isIpv6)
    {
        byte* address = stackalloc byte[MaximumLength];
        int length = MaximumLength;
        if (SocketCalls.GetName(socket, address, &length) < 0)
            return default;
        var bytes = new ReadOnlySpan<byte>(address, MaximumLength);
        return (isIpv6 ? BinaryPrimitives.ReadUInt128BigEndian(bytes[8..]) : BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
    }
}
