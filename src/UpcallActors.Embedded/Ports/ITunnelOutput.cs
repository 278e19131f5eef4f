using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// The way out of a tunnel port: frames leave encapsulated, to where the packet's
/// <c>set(tunnel(…))</c> said. Called under the datapath's lock: must not wait, nor call the datapath.
/// </summary>
public interface ITunnelOutput
{
    /// <summary>Encapsulates and sends a frame, which is borrowed for the call.</summary>
    /// <param name="frame">The frame from its Ethernet header on.</param>
    /// <param name="tunnel">A key whose tunnel fields say where to; its other fields mean nothing.</param>
    /// <param name="hash">The packet's hash, the same for all packets of a flow: for the outer source port.</param>
    void Transmit(ReadOnlySpan<byte> frame, in FlowKey tunnel, uint hash);

    /// <summary>
    /// Fills in what the outer headers of a packet would have: source address, source and destination port
    /// (<c>dev_fill_metadata_dst</c>). False when no route leads there.
    /// </summary>
    bool TryFillEgress(ref FlowKey tunnel, uint hash);
}
