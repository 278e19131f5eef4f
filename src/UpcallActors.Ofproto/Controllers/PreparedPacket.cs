using System.Collections.Immutable;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>A packet of a controller that was translated and is not sent yet (<c>struct ofproto_packet_out</c>).</summary>
/// <param name="Injected">The packet; null when its bytes are no frame.</param>
/// <param name="Frame">Its bytes.</param>
/// <param name="Layout">Where its headers are.</param>
/// <param name="Actions">What the datapath has to do with it.</param>
/// <param name="Effects">What it does to the bridge.</param>
internal readonly record struct PreparedPacket(
    InjectedPacket? Injected, ImmutableArray<byte> Frame, PacketLayout Layout, byte[] Actions, PacketEffects Effects);
