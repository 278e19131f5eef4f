using System.Net;

namespace UpcallActors.Linux;

/// <summary>
/// The routes and neighbours of this process's network namespace, over rtnetlink. What goes wrong is in the result; nothing is thrown
/// but by the constructor. Thread-safe.
/// </summary>
internal sealed class HostRoutes : IDisposable
{
    private const int RequestLength = 64;

    private readonly INetlinkConversation _route;

    /// <summary>Opens a socket. Throws <see cref="System.ComponentModel.Win32Exception"/> when the system refuses.</summary>
    public HostRoutes()
        : this(new NetlinkConversation(NetlinkProtocol.Route))
    {
    }

    /// <summary>Asks over a conversation, which it takes over.</summary>
    public HostRoutes(INetlinkConversation route) => _route = route;

    /// <summary>
    /// The way that a packet to an address would go. ENETUNREACH and its like when there is none; EIO when the answer makes no sense.
    /// </summary>
    public NetlinkResult Find(IPAddress destination, out NextHop? hop)
    {
        var writer = new NetlinkWriter(stackalloc byte[RequestLength]);
        RouteMessage.WriteGetRoute(ref writer, destination);
        NextHop? found = null;
        NetlinkResult result = _route.Request(writer.Written, answer => RouteMessage.TryParse(answer, out found));
        hop = result.Succeeded ? found : null;
        return result.Succeeded && found is null ? new NetlinkResult(Errno.InputOutput) : result;
    }

    /// <summary>
    /// The Ethernet address of a neighbour at a device, 48 bits; 0 while it is unknown, which is no error. To ask does not make the kernel
    /// look for it: who sends it a packet does.
    /// </summary>
    public NetlinkResult FindNeighbour(int device, IPAddress neighbour, out ulong address)
    {
        var writer = new NetlinkWriter(stackalloc byte[RequestLength]);
        RouteMessage.WriteGetNeighbour(ref writer, device, neighbour);
        ulong found = 0;
        NetlinkResult result = _route.Request(writer.Written, answer => RouteMessage.TryParse(answer, out found));
        address = result.Succeeded ? found : 0;
        return result.Error == Errno.NoEntry ? default : result;
    }

    /// <inheritdoc/>
    public void Dispose() => _route.Dispose();
}
