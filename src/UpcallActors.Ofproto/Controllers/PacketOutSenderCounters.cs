namespace UpcallActors.Ofproto;

/// <summary>What became of the packets that controllers sent. Written by the thread that sends; others may see older numbers.</summary>
internal sealed class PacketOutSenderCounters
{
    /// <summary>Packets that controllers sent.</summary>
    public long PacketOuts { get; set; }

    /// <summary>Packets that waited for a controller and went on.</summary>
    public long Resumed { get; set; }

    /// <summary>Packets of these that took along the MRU that they had come with.</summary>
    public long WithOrigin { get; set; }

    /// <summary>Packets with which nothing was to be done.</summary>
    public long Dropped { get; set; }

    /// <summary>
    /// Packets that were longer than a port takes and of which nothing was known: the datapath drops them at that port, unless they may be
    /// cut.
    /// </summary>
    public long TooLong { get; set; }

    /// <summary>Packets that the datapath refused.</summary>
    public long Refused { get; set; }
}
