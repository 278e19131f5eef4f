namespace UpcallActors.Packets;

/// <summary>
/// What a capture's records are (<c>LINKTYPE_*</c> of tcpdump.org), as far as this project reads them or tells people of them.
/// </summary>
internal enum PcapLinkType : uint
{
    /// <summary>BSD loopback.</summary>
    Null = 0,

    /// <summary>Ethernet frames.</summary>
    Ethernet = 1,

    /// <summary>IP packets without a link layer.</summary>
    RawIp = 101,

    /// <summary>Wi-Fi frames.</summary>
    Ieee80211 = 105,

    /// <summary>What Linux shows of all its devices (<c>tcpdump -i any</c>).</summary>
    LinuxCooked = 113,

    /// <summary>Wi-Fi frames behind radio headers.</summary>
    Ieee80211Radio = 127,

    /// <summary>USB packets of Linux.</summary>
    UsbLinux = 220,

    /// <summary>Netlink messages behind a 16-byte header, see <see cref="NlmonRecord"/>.</summary>
    Netlink = 253,

    /// <summary>What Linux shows of all its devices, version 2.</summary>
    LinuxCooked2 = 276,
}
