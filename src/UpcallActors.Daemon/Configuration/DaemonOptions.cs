using System.Collections.Immutable;
using System.Net.NetworkInformation;
using UpcallActors.Embedded;
using UpcallActors.OpenFlow;

namespace UpcallActors.Daemon.Configuration;

/// <summary>The block <c>upcall-actors</c>, checked: whatever holds one need not check again.</summary>
internal sealed record DaemonOptions
{
    /// <summary>Which datapath.</summary>
    public required DatapathOptions Datapath { get; init; }

    /// <summary>Lanes; never 0, which stood for one per CPU.</summary>
    public required int Handlers { get; init; }

    /// <summary>The pipeline's sizes.</summary>
    public required PipelineTuning Pipeline { get; init; }

    /// <summary>How capture ports send.</summary>
    public required ReplayOptions Replay { get; init; }

    /// <summary>The bridges, in the order of the configuration.</summary>
    public required IReadOnlyList<BridgeOptions> Bridges { get; init; }
}

/// <summary>The block <c>datapath</c>.</summary>
internal sealed record DatapathOptions(DatapathType Type, string Name);

/// <summary>The datapaths there are.</summary>
internal enum DatapathType
{
    /// <summary>Whatever this machine offers.</summary>
    Auto,

    /// <summary>The kernel's.</summary>
    Kernel,

    /// <summary>The one in this process.</summary>
    Embedded,
}

/// <summary>The block <c>pipeline</c>.</summary>
/// <param name="BatchSize">Most upcalls of a batch.</param>
/// <param name="BatchesPerLane">Batches of a lane.</param>
internal sealed record PipelineTuning(int BatchSize, int BatchesPerLane);

/// <summary>The block <c>replay</c>.</summary>
/// <param name="Recorded">Whether frames are sent at the times of the recording, or as fast as possible.</param>
/// <param name="PurgeAt">Recorded times at which the datapath's flows are deleted, ascending.</param>
internal sealed record ReplayOptions(bool Recorded, IReadOnlyList<DateTimeOffset> PurgeAt);

/// <summary>A block in <c>bridges</c>.</summary>
internal sealed record BridgeOptions
{
    /// <summary>The bridge's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether a bridge without flows switches as a learning switch (standalone) or drops (secure).</summary>
    public required bool Standalone { get; init; }

    /// <summary>The flows to begin with.</summary>
    public required ImmutableArray<FlowChange> Flows { get; init; }

    /// <summary>The ports, in the order of the configuration.</summary>
    public required IReadOnlyList<CapturePortOptions> Ports { get; init; }
}

/// <summary>A block in <c>ports</c>, of type <c>capture</c>.</summary>
internal sealed record CapturePortOptions
{
    /// <summary>The port's name.</summary>
    public required string Name { get; init; }

    /// <summary>The OpenFlow port number.</summary>
    public required int Number { get; init; }

    /// <summary>What was captured at the host: the frames it sent, and those it received.</summary>
    public required IReadOnlyList<CapturedFrame> Frames { get; init; }

    /// <summary>The address by which the host's own frames are known among <see cref="Frames"/>.</summary>
    public required PhysicalAddress HostMac { get; init; }

    /// <summary><see cref="HostMac"/> as a number, the first octet uppermost.</summary>
    public ulong HostAddress => HostMac.GetAddressBytes().Aggregate(0UL, (address, octet) => (address << 8) | octet);

    /// <summary>The capture file to write what the port puts out to; null for none.</summary>
    public required string? Output { get; init; }

    /// <summary>Bytes above the Ethernet header that the port takes.</summary>
    public required int Mtu { get; init; }
}
