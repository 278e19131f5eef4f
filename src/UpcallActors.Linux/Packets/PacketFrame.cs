namespace UpcallActors.Linux;

/// <summary>A frame that a <see cref="PacketSocket"/> received; borrowed until the socket's next call.</summary>
internal readonly ref struct PacketFrame
{
    /// <summary>Makes one.</summary>
    public PacketFrame(Span<byte> bytes, VirtioNetHeader offload, bool isCut)
    {
        Bytes = bytes;
        Offload = offload;
        IsCut = isCut;
    }

    /// <summary>The frame from its Ethernet header on, VLAN tag included. May be written to.</summary>
    public Span<byte> Bytes { get; }

    /// <summary>What its sender left to the device to do.</summary>
    public VirtioNetHeader Offload { get; }

    /// <summary>Whether bytes at its end are missing.</summary>
    public bool IsCut { get; }
}
