using System.Net;
using Microsoft.Extensions.Logging;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>What is said about OpenFlow connections.</summary>
internal static partial class ConnectionLog
{
    [LoggerMessage(Message = "{Peer}: connected with OpenFlow {Version}")]
    public static partial void ConnectionAgreed(this ILogger logger, LogLevel level, string peer, OpenFlowVersion version);

    [LoggerMessage(600, LogLevel.Information, "bridge {Bridge}: using datapath ID {Id}")]
    public static partial void UsesDatapathId(this ILogger logger, string bridge, string id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Peer}: connection dropped ({Reason})")]
    public static partial void ConnectionDropped(this ILogger logger, string peer, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Peer}: does not read what it is told, disconnecting")]
    public static partial void ClientDoesNotRead(this ILogger logger, string peer);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Peer}: dropping packet-in due to queue overflow ({Dropped} by now)")]
    public static partial void PacketInOverflow(this ILogger logger, string peer, long dropped);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Peer}: version negotiation failed")]
    public static partial void VersionNegotiationFailed(this ILogger logger, string peer);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Peer}: received OpenFlow version 0x{Version:x2} != expected {Expected:x2}")]
    public static partial void OtherVersion(this ILogger logger, string peer, byte version, byte expected);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Peer}: received a message shorter than its header, the connection ends")]
    public static partial void BrokenFrame(this ILogger logger, string peer);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Peer}: no response to inactivity probe, disconnecting")]
    public static partial void PeerSilent(this ILogger logger, string peer);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Bridge}: {Target} is not used: {Reason}")]
    public static partial void NotUsed(this ILogger logger, string bridge, string target, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Bridge}: cannot listen on {Target}: {Reason}")]
    public static partial void CannotListen(this ILogger logger, string bridge, string target, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Peer}: connection failed ({Reason})")]
    public static partial void CannotConnect(this ILogger logger, string peer, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Bridge}: cannot find route for controller ({Address}): {Reason}")]
    public static partial void NoRoute(this ILogger logger, string bridge, IPAddress address, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Bridge}: an OpenFlow connection has failed, it ends")]
    public static partial void ConnectionFailed(this ILogger logger, string bridge, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "a bridge's OpenFlow service has failed, it begins anew")]
    public static partial void BridgeServiceFailed(this ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Bridge}: cannot set port {Port} up or down: {Reason}")]
    public static partial void CannotSetPort(this ILogger logger, string bridge, string port, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Bridge}: unsupported fragment handling mode {Mode}")]
    public static partial void NoSuchFragmentHandling(this ILogger logger, string bridge, string mode);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Bridge}: controller action specified an unknown meter id: {Meter}")]
    public static partial void UnknownMeter(this ILogger logger, string bridge, uint meter);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Peer}: the bridge has no place for more clients")]
    public static partial void TooManyClients(this ILogger logger, string peer);
}
