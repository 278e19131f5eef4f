namespace UpcallActors.OpenFlow;

/// <summary>What clients say of a port (<c>OFPPC_*</c>). 1.0 has all of it; later versions have four bits, with the same numbers.</summary>
[Flags]
internal enum PortConfig : uint
{
    /// <summary>Nothing was said.</summary>
    None = 0,

    /// <summary>Its device is down.</summary>
    PortDown = 1 << 0,

    /// <summary>No spanning tree on it.</summary>
    NoStp = 1 << 1,

    /// <summary>What comes in on it is dropped, but for packets of the spanning tree.</summary>
    NoRecv = 1 << 2,

    /// <summary>Packets of the spanning tree that come in on it are dropped.</summary>
    NoRecvStp = 1 << 3,

    /// <summary>It is left out where packets are flooded.</summary>
    NoFlood = 1 << 4,

    /// <summary>What is sent to it is dropped.</summary>
    NoFwd = 1 << 5,

    /// <summary>Packets that come in on it and meet no flow do not go to controllers.</summary>
    NoPacketIn = 1 << 6,

    /// <summary>What 1.1 and later have (<c>OFPPC11_ALL</c>).</summary>
    All11 = PortDown | NoRecv | NoFwd | NoPacketIn,

    /// <summary>What 1.0 has (<c>OFPPC10_ALL</c>).</summary>
    All10 = All11 | NoStp | NoRecvStp | NoFlood,
}
