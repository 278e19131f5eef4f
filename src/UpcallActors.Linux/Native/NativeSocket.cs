using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UpcallActors.Linux;

/// <summary>What opening the sockets of ports has in common.</summary>
internal static unsafe class NativeSocket
{
    /// <summary>Opens a non-blocking socket. Throws <see cref="Win32Exception"/> with the errno.</summary>
    public static SafeFileHandle Open(int family, int type, int protocol, string name)
    {
        int descriptor = SocketCalls.Socket(family, type | SocketCalls.TypeNonBlocking | SocketCalls.TypeCloseOnExec, protocol);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure($"socket({name})");
    }

    /// <summary>Sets an option that is an <c>int</c>. Throws <see cref="Win32Exception"/> when refused.</summary>
    public static void Set(SafeFileHandle socket, int level, int option, int value)
    {
        if (SocketCalls.SetOption(socket, level, option, &value, sizeof(int)) < 0)
            throw Failure($"setsockopt({level}, {option})");
    }

    /// <summary>Asks for a buffer beyond the system's limit, or for as much as an ordinary user gets.</summary>
    public static void SetBuffer(SafeFileHandle socket, int force, int plain, int bytes)
    {
        if (SocketCalls.SetOption(socket, SocketCalls.LevelSocket, force, &bytes, sizeof(int)) < 0)
            Set(socket, SocketCalls.LevelSocket, plain, bytes);
    }

    public static Errno LastError() => (Errno)Marshal.GetLastPInvokeError();

    public static Win32Exception Failure(string call) =>
        new(Marshal.GetLastPInvokeError(), $"{call}: {Marshal.GetLastPInvokeErrorMessage()}");

    /// <summary>The descriptor to poll; −1 when closed.</summary>
    public static int DescriptorOf(SafeFileHandle handle) => handle.IsClosed ? -1 : (int)handle.DangerousGetHandle();
}
