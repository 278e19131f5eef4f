namespace UpcallActors.Embedded;

/// <summary>What comes in on a port in a replay: the frames of a capture, taken at the host behind the port, that the host sent.</summary>
/// <param name="Port">The port's number in the datapath.</param>
/// <param name="Frames">All frames of the capture.</param>
/// <param name="HostMac">
/// The host's Ethernet address, 48 bits. The capture also has what the host received, and what the datapath's own device at
/// the other end of the wire sent of itself (router solicitations, say), which never passed the datapath.
/// </param>
public sealed record CaptureInput(uint Port, IReadOnlyList<CapturedFrame> Frames, ulong HostMac);
