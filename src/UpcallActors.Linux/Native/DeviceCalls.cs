using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>
/// Calls of the C library for packet sockets, TAP devices and tunnels' UDP sockets, with the constants of Linux on x86-64 and arm64.
/// </summary>
internal static unsafe partial class DeviceCalls
{
    public const int FamilyInternet = 2;
    public const int FamilyInternet6 = 10;
    public const int FamilyPacket = 17;
    public const int TypeDatagram = 2;

    public const int MapShared = 1;
    public const int OpenReadWrite = 2;
    public const int OpenNonBlocking = 0x800;
    public const int OpenCloseOnExec = 0x80000;

    public const int SocketError = 4;
    public const int NoUdpChecksum = 11;

    public const int LevelPacket = 263;
    public const int PacketAddMembership = 1;
    public const int PacketReceiveRing = 5;
    public const int PacketStatistics = 6;
    public const int PacketCopyThreshold = 7;
    public const int PacketAuxiliaryData = 8;
    public const int PacketVersion = 10;
    public const int PacketVirtioHeader = 15;
    public const int PacketIgnoreOutgoing = 23;
    public const ushort PacketPromiscuous = 1;

    public const int LevelIp = 0;
    public const int IpTos = 1;
    public const int IpTtl = 2;
    public const int IpPacketInfo = 8;
    public const int IpMtuDiscover = 10;
    public const int IpReceiveTtl = 12;
    public const int IpReceiveTos = 13;
    public const int MtuDiscoverNever = 0;
    public const int MtuDiscoverAlways = 2;

    public const int LevelIpv6 = 41;
    public const int Ipv6Only = 26;
    public const int Ipv6ReceivePacketInfo = 49;
    public const int Ipv6PacketInfo = 50;
    public const int Ipv6ReceiveHopLimit = 51;
    public const int Ipv6HopLimit = 52;
    public const int Ipv6ReceiveTrafficClass = 66;
    public const int Ipv6TrafficClass = 67;

    public const int LevelUdp = 17;
    public const int UdpNoChecksum6Send = 101;
    public const int UdpNoChecksum6Receive = 102;

    public const nuint TunSetInterface = 0x400454ca;
    public const nuint TunSetOffload = 0x400454d0;
    public const ushort TunTap = 0x0002;
    public const ushort TunNoPacketInformation = 0x1000;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial nint MemoryMap(nint address, nuint length, int protection, int flags, SafeFileHandle file, nint offset);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(SafeFileHandle file, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(SafeSocketHandle socket, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMany(SafeFileHandle socket, SocketCalls.ManyMessageHeader* messages, uint count, int flags);

    /// <summary><c>struct sockaddr_ll</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct LinkLayerAddress
    {
        public ushort Family;
        public ushort Protocol;
        public int Index;
        public ushort HardwareType;
        public byte PacketType;
        public byte AddressLength;
        public ulong Address;
    }

    /// <summary><c>struct packet_mreq</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PacketMembership
    {
        public int Index;
        public ushort Type;
        public ushort AddressLength;
        public ulong Address;
    }

    /// <summary><c>struct tpacket_req</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct RingRequest
    {
        public uint BlockSize;
        public uint BlockCount;
        public uint FrameSize;
        public uint FrameCount;
    }

    /// <summary><c>struct tpacket2_hdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct RingSlotHeader
    {
        public uint Status;
        public uint Length;
        public uint CapturedLength;
        public ushort MacOffset;
        public ushort NetworkOffset;
        public uint Seconds;
        public uint Nanoseconds;
        public ushort VlanTci;
        public ushort VlanTpid;
        public uint Padding;
    }

    /// <summary><c>struct tpacket_auxdata</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct AuxiliaryData
    {
        public uint Status;
        public uint Length;
        public uint CapturedLength;
        public ushort MacOffset;
        public ushort NetworkOffset;
        public ushort VlanTci;
        public ushort VlanTpid;
    }
}
