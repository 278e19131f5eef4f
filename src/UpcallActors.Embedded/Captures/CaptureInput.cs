namespace UpcallActors.Embedded;

/// <summary>
/// The input of a port in a replay: the frames of a capture that the hosts behind the port sent.
/// </summary>
/// <param name="Port">The port's number in the datapath.</param>
/// <param name="Frames">All frames of the capture.</param>
/// <param name="Stations">
/// The hosts' MAC addresses, 48 bits each; empty for all hosts. The capture may also have what they received, and what the datapath's own
/// device at the other end of the wire sent of itself (router solicitations, say), which never passed the datapath.
/// </param>
internal sealed record CaptureInput(uint Port, IReadOnlyList<CapturedFrame> Frames, IReadOnlySet<ulong> Stations)
{
    /// <summary>Makes one of a single host.</summary>
    public CaptureInput(uint port, IReadOnlyList<CapturedFrame> frames, ulong hostMac)
        : this(port, frames, new HashSet<ulong> { hostMac })
    {
    }

    /// <summary>
    /// Bytes above the Ethernet header of the frames that those of more than 64 KiB, which a host left to its device to cut, are cut to.
    /// </summary>
    public int Mtu { get; init; } = EmbeddedPort.DefaultMtu;

    /// <summary>Whether a host behind the port sent a frame.</summary>
    public bool Sent(in CapturedFrame frame) => Stations.Count == 0 || Stations.Contains(frame.Source);
}
