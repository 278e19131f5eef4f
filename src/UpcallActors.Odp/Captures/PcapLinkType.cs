namespace UpcallActors.Odp.Captures;

/// <summary>What a capture's records are (<c>LINKTYPE_*</c> of tcpdump.org), as far as this project reads them.</summary>
public enum PcapLinkType : uint
{
    /// <summary>Ethernet frames.</summary>
    Ethernet = 1,

    /// <summary>Netlink messages behind a 16-byte header, see <see cref="NlmonRecord"/>.</summary>
    Netlink = 253,
}
