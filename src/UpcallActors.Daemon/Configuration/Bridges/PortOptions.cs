using UpcallActors.Embedded;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Configuration.Bridges;

/// <summary>A block in <c>ports</c>.</summary>
/// <param name="Configuration">The port, as the switch is told to make it.</param>
/// <param name="Capture">What is behind a port of type <c>capture</c>; null for the others.</param>
internal sealed record PortOptions(PortConfiguration Configuration, CapturePortOptions? Capture);

/// <summary>What is behind a port of type <c>capture</c>: a host that was recorded, or several.</summary>
internal sealed record CapturePortOptions
{
    /// <summary>The port's name.</summary>
    public required string Name { get; init; }

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
