using System.Collections.Immutable;
using UpcallActors.Embedded;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Daemon.Configuration;

/// <summary>A block in <c>ports</c>: what ports of all types have.</summary>
internal abstract record PortOptions
{
    /// <summary>The port's name.</summary>
    public required string Name { get; init; }

    /// <summary>The OpenFlow port number.</summary>
    public required int Number { get; init; }

    /// <summary>How NORMAL treats VLAN tags.</summary>
    public required VlanOptions Vlan { get; init; }

    /// <summary>The most of a lane's batches that the port may fill once they run out; null for what ports have in common.</summary>
    public double? Share { get; init; }
}

/// <summary>How a port treats VLAN tags.</summary>
/// <param name="Mode">The mode.</param>
/// <param name="Tag">The VLAN of an access port, 0 otherwise.</param>
/// <param name="Trunks">The VLANs of a trunk port; empty for all.</param>
internal sealed record VlanOptions(VlanMode Mode, ushort Tag, ImmutableArray<ushort> Trunks);

/// <summary>A port of type <c>capture</c>: a host that was recorded, or several.</summary>
internal sealed record CapturePortOptions : PortOptions
{
    /// <summary>The capture of the port's hosts: the frames that they sent and received.</summary>
    public required IReadOnlyList<CapturedFrame> Frames { get; init; }

    /// <summary>What is to be said of the file they are in.</summary>
    public IReadOnlyList<ConfigurationProblem> Warnings { get; init; } = [];

    /// <summary>
    /// The hosts' addresses, by which the frames that they sent are found in <see cref="Frames"/>, the first octet uppermost; none for all
    /// frames.
    /// </summary>
    public required IReadOnlySet<ulong> Stations { get; init; }

    /// <summary>Whether a host behind the port sent a frame.</summary>
    public bool Sent(in CapturedFrame frame) => Stations.Count == 0 || Stations.Contains(frame.Source);

    /// <summary>The capture file to write what the port puts out to; null for none.</summary>
    public required string? Output { get; init; }

    /// <summary>Bytes above the Ethernet header that the port takes.</summary>
    public required int Mtu { get; init; }
}

/// <summary>A port of any other type: a device of this machine, or a tunnel.</summary>
internal sealed record LivePortOptions : PortOptions
{
    /// <summary>What to ask the datapath for.</summary>
    public required PortRequest Request { get; init; }

    /// <summary>The far end of a tunnel; null for other ports.</summary>
    public required TunnelPort? Tunnel { get; init; }
}
