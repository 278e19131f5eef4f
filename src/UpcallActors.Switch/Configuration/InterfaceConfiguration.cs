using UpcallActors.Odp;
using UpcallActors.Ofproto;

namespace UpcallActors.Switch;

/// <summary>
/// An interface of a port as it is wanted: a port of the datapath, or a patch port, which OpenFlow knows by a number.
/// </summary>
public sealed record InterfaceConfiguration
{
    private const ushort VxlanPort = 4789;
    private const ushort GenevePort = 6081;

    /// <summary>The interface's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public PortKind Kind { get; init; } = PortKind.System;

    /// <summary>The host's device behind it; null when that is called <see cref="Name"/>.</summary>
    public string? Device { get; init; }

    /// <summary>A tunnel's far end; null for other kinds.</summary>
    public TunnelPort? Tunnel { get; init; }

    /// <summary>The name of a patch port's other end, a patch port of any bridge that names this one; null for other kinds.</summary>
    public string? Peer { get; init; }

    /// <summary>
    /// The UDP port that a tunnel's packets come in on; null for the far end's, or the registered one where there is none.
    /// </summary>
    public ushort? UdpPort { get; init; }

    /// <summary>The OpenFlow number that is asked for, 1 to 65,279; null for any.</summary>
    public uint? RequestedNumber { get; init; }

    /// <summary>The Ethernet address of an internal port that is not its bridge's own, 48 bits; null for what its device has.</summary>
    internal ulong? Address { get; init; }

    /// <summary>
    /// The MTU of its device, bytes; null for what it has, or, of an internal port of a bridge with an identity, the least one of the
    /// bridge's devices.
    /// </summary>
    internal int? RequestedMtu { get; init; }

    /// <summary>The OpenFlow number that it had in an earlier run, which it gets again if that is free; null when none is known.</summary>
    public uint? FormerNumber { get; init; }

    /// <summary>The most of a lane's batches that it may fill once they run out; null for what ports have in common.</summary>
    public double? Share { get; init; }

    /// <summary>Settings by their names that say nothing to this switch. Each is named in the <see cref="SwitchState"/>.</summary>
    public ValueMap<string> Options { get; init; } = ValueMap.Empty<string>();

    /// <summary>
    /// Why it cannot be used as it is wanted, found by the reader of the configuration; null when nothing is wrong. Such an interface is
    /// not added; its state says this.
    /// </summary>
    public string? Problem { get; init; }

    /// <summary>An interface that is what a datapath is asked for.</summary>
    public static InterfaceConfiguration Of(PortRequest request) => new()
    {
        Name = request.Name,
        Kind = request.Kind,
        Device = request.Interface,
        UdpPort = !request.Kind.HasUdpPort() ? null
            : request.DestinationPort != 0 ? request.DestinationPort : RegisteredPort(request.Kind),
    };

    /// <summary>What the datapath is asked for.</summary>
    public PortRequest Request => new(Name, Kind, Device, DestinationPort);

    /// <summary>
    /// The kind of a tunnel with what tells its packets from those of others; null for other kinds. Two interfaces with the same one
    /// cannot be told apart.
    /// </summary>
    public (PortKind Kind, TunnelPort End)? FarEnd => Tunnel is not { } tunnel ? null : (Kind, new TunnelPort
    {
        RemoteIpv4 = tunnel.RemoteIpv4,
        RemoteIpv6 = tunnel.RemoteIpv6,
        LocalIpv4 = tunnel.LocalIpv4,
        LocalIpv6 = tunnel.LocalIpv6,
        IsRemoteFlow = tunnel.IsRemoteFlow,
        IsLocalFlow = tunnel.IsLocalFlow,
        InKey = tunnel.InKey.IsFlow ? TunnelKey.Flow : TunnelKey.Of(tunnel.InKey.Number),
        DestinationPort = DestinationPort,
    });

    /// <summary>
    /// The port of the datapath that it is: tunnels of one kind and UDP port share one, and any other interface has one of its own.
    /// </summary>
    internal (PortKind Kind, string Device) DatapathPort =>
        Kind.IsTunnel() ? (Kind, $"{DestinationPort}") : (Kind, Device ?? Name);

    /// <summary>The UDP port of a tunnel; 0 for kinds without one.</summary>
    private ushort DestinationPort => !Kind.HasUdpPort() ? (ushort)0
        : UdpPort is { } asked and not 0 ? asked
        : Tunnel is { DestinationPort: not 0 } tunnel ? tunnel.DestinationPort
        : RegisteredPort(Kind);

    private static ushort RegisteredPort(PortKind kind) => kind == PortKind.Vxlan ? VxlanPort : GenevePort;
}
