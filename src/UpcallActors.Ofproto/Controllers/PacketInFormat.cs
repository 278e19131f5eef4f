namespace UpcallActors.Ofproto;

/// <summary>How a connection wants its packet-ins; the numbers are those of <c>NXT_SET_PACKET_IN_FORMAT</c>.</summary>
internal enum PacketInFormat : byte
{
    /// <summary>OpenFlow's own.</summary>
    Standard = 0,

    /// <summary><c>NXT_PACKET_IN</c>.</summary>
    Nicira = 1,

    /// <summary><c>NXT_PACKET_IN2</c>, the only one with what the rule gives along, and with paused packets.</summary>
    Nicira2 = 2,
}
