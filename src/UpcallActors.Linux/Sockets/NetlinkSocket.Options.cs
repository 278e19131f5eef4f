using System.ComponentModel;

namespace UpcallActors.Linux;

/// <content>Options of a socket.</content>
internal sealed unsafe partial class NetlinkSocket
{
    /// <summary>What the kernel keeps of the send buffer for itself (<c>netlink_sendmsg</c>).</summary>
    private const int SendBufferReserve = 32;

    /// <summary>Place of the drops among the words of SO_MEMINFO (<c>SK_MEMINFO_DROPS</c>).</summary>
    private const int DropsWord = 8;

    /// <summary>The most bytes one send takes: more is refused with EMSGSIZE.</summary>
    public int SendLimit => GetOption(SocketCalls.LevelSocket, SocketCalls.SendBuffer) - SendBufferReserve;

    /// <summary>
    /// Asks for a receive buffer, beyond the system's limit where the process has CAP_NET_ADMIN, else up to it. Returns what the
    /// kernel gave, which counts its own overhead and is about twice what was asked for.
    /// </summary>
    public int SetReceiveBuffer(int bytes) => SetBuffer(SocketCalls.ReceiveBufferForce, SocketCalls.ReceiveBuffer, bytes);

    /// <summary>As <see cref="SetReceiveBuffer"/>, for sending; <see cref="SendLimit"/> follows from it.</summary>
    public int SetSendBuffer(int bytes) => SetBuffer(SocketCalls.SendBufferForce, SocketCalls.SendBuffer, bytes);

    /// <summary>
    /// An overflow loses what did not fit and nothing else: no ENOBUFS, and none of the congestion that otherwise lasts until the
    /// queue has been emptied (<c>netlink_overrun</c>). <see cref="TryReadDrops"/> tells of it.
    /// </summary>
    public void SetNoEnobufs() => SetOption(SocketCalls.LevelNetlink, SocketCalls.NoEnobufs, 1, "NETLINK_NO_ENOBUFS");

    /// <summary>Error answers carry the header of the request, not all of it.</summary>
    public void SetCapAck() => SetOption(SocketCalls.LevelNetlink, SocketCalls.CapAck, 1, "NETLINK_CAP_ACK");

    /// <summary>Error answers carry the kernel's explanation where it has one.</summary>
    public void SetExtAck() => SetOption(SocketCalls.LevelNetlink, SocketCalls.ExtAck, 1, "NETLINK_EXT_ACK");

    /// <summary>GET requests are checked strictly, and their dumps filtered by what they say.</summary>
    public void SetStrictCheck() => SetOption(SocketCalls.LevelNetlink, SocketCalls.StrictCheck, 1, "NETLINK_GET_STRICT_CHK");

    /// <summary>Receives what is sent to a multicast group from now on.</summary>
    public void JoinGroup(uint group) =>
        SetOption(SocketCalls.LevelNetlink, SocketCalls.AddMembership, (int)group, "NETLINK_ADD_MEMBERSHIP");

    /// <summary>
    /// Reads how many datagrams were lost because the receive queue was full (SO_MEMINFO), modulo 2³²; the same number as in
    /// <c>/proc/net/netlink</c>. False when the socket is closed. Callable from any thread.
    /// </summary>
    public bool TryReadDrops(out uint drops)
    {
        const int Words = DropsWord + 8;
        uint* words = stackalloc uint[Words];
        int length = Words * sizeof(uint);
        drops = 0;
        if (!TryHold())
            return false;
        int result = SocketCalls.GetOption(_handle, SocketCalls.LevelSocket, SocketCalls.MemoryInformation, words, &length);
        _handle.DangerousRelease();
        if (result < 0 || length <= DropsWord * sizeof(uint))
            return false;
        drops = words[DropsWord];
        return true;
    }

    private int SetBuffer(int force, int plain, int bytes)
    {
        if (SocketCalls.SetOption(_handle, SocketCalls.LevelSocket, force, &bytes, sizeof(int)) < 0)
            SetOption(SocketCalls.LevelSocket, plain, bytes, plain == SocketCalls.SendBuffer ? "SO_SNDBUF" : "SO_RCVBUF");
        return GetOption(SocketCalls.LevelSocket, plain);
    }

    private void SetOption(int level, int option, int value, string name)
    {
        if (SocketCalls.SetOption(_handle, level, option, &value, sizeof(int)) < 0)
            throw Failure(name);
    }

    /// <summary>Throws <see cref="Win32Exception"/>.</summary>
    private int GetOption(int level, int option)
    {
        int value;
        int length = sizeof(int);
        return SocketCalls.GetOption(_handle, level, option, &value, &length) < 0 ? throw Failure("getsockopt") : value;
    }
}
