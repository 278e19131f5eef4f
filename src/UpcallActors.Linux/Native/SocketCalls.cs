using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>The socket calls of the C library, with their structures as on 64-bit Linux.</summary>
internal static unsafe partial class SocketCalls
{
    public const int FamilyNetlink = 16;
    public const int TypeRaw = 3;
    public const int TypeNonBlocking = 0x800;
    public const int TypeCloseOnExec = 0x80000;
    public const int MessageTruncated = 0x20;
    public const int MessageDontWait = 0x40;

    public const int LevelSocket = 1;
    public const int SendBuffer = 7;
    public const int ReceiveBuffer = 8;
    public const int SendBufferForce = 32;
    public const int ReceiveBufferForce = 33;
    public const int MemoryInformation = 55;

    public const int LevelNetlink = 270;
    public const int AddMembership = 1;
    public const int NoEnobufs = 5;
    public const int CapAck = 10;
    public const int ExtAck = 11;
    public const int StrictCheck = 12;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(SafeFileHandle socket, void* address, int length);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(SafeFileHandle socket, void* address, int length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    public static partial int GetName(SafeFileHandle socket, void* address, int* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(SafeFileHandle socket, int level, int option, void* value, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(SafeFileHandle socket, int level, int option, void* value, int* length);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint Send(SafeFileHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint Receive(SafeFileHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMany(SafeFileHandle socket, ManyMessageHeader* messages, uint count, int flags, void* timeout);

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary><c>struct msghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Pieces;
        public nuint PieceCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary><c>struct mmsghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ManyMessageHeader
    {
        public MessageHeader Header;
        public uint Length;
    }

    /// <summary><c>struct sockaddr_nl</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct NetlinkAddress
    {
        public ushort Family;
        public ushort Padding;
        public uint PortId;
        public uint Groups;
    }
}
