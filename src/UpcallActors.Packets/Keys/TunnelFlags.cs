namespace UpcallActors.Packets;

/// <summary>
/// Flags of a tunnel key; each is a flag attribute of <c>OVS_TUNNEL_KEY_ATTR_*</c>
/// on the wire, except <see cref="Key"/>, the presence of ID.
/// </summary>
[Flags]
public enum TunnelFlags : ushort
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>DONT_FRAGMENT.</summary>
    DontFragment = 1,

    /// <summary>CSUM: outer UDP checksum.</summary>
    Checksum = 2,

    /// <summary>OAM frame.</summary>
    Oam = 4,

    /// <summary>A tunnel id is present.</summary>
    Key = 8,
}
