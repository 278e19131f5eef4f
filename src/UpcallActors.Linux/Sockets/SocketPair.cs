using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace UpcallActors.Linux;

/// <summary>Two Unix sockets that are connected to each other.</summary>
internal static class SocketPair
{
    /// <summary>Opens a pair, whose ends are the caller's.</summary>
    /// <exception cref="Win32Exception">The system has no descriptor left.</exception>
    public static unsafe (Socket First, Socket Second) Open()
    {
        int* descriptors = stackalloc int[2];
        if (Libc.SocketPair(Libc.UnixFamily, Libc.StreamSocket | Libc.SocketCloseOnExec, 0, descriptors) < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"socketpair: {Marshal.GetLastPInvokeErrorMessage()}");
        return (Own(descriptors[0]), Own(descriptors[1]));
    }

#pragma warning disable CA2000 // The handle is the socket's.
    private static Socket Own(int descriptor) => new(new SafeSocketHandle(descriptor, ownsHandle: true));
#pragma warning restore CA2000
}
