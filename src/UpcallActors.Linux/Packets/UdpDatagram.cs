namespace UpcallActors.Linux;

/// <summary>A datagram that a <see cref="UdpReceiver"/> received, with what its IP header said; borrowed until the next receive.</summary>
internal readonly ref struct UdpDatagram
{
    /// <summary>Its data.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Who sent it; IPv4 in the low 32 bits.</summary>
    public UInt128 Source { get; init; }

    /// <summary>The local address that it was sent to.</summary>
    public UInt128 Destination { get; init; }

    /// <summary>The sender's port.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>ToS or traffic class.</summary>
    public byte Tos { get; init; }

    /// <summary>TTL or hop limit.</summary>
    public byte Ttl { get; init; }

    /// <summary>Whether data at its end is missing.</summary>
    public bool IsCut { get; init; }
}
