using System.Buffers.Binary;
using System.Security.Cryptography;
using UpcallActors.Ofproto;

namespace UpcallActors.Switch;

/// <summary>What there is of a patch port, which has no device.</summary>
/// <param name="Peer">The name of its peer.</param>
internal sealed record PatchEnd(string Peer)
{
    /// <summary>Packets that came out of it, and that went into it.</summary>
    public (RuleCounters Received, RuleCounters Sent) Counters { get; init; } = (new(), new());

    /// <summary>An Ethernet address of its own, for OpenFlow: local, of one host, and otherwise random (<c>eth_addr_random</c>).</summary>
    public ulong Address { get; init; } = RandomAddress();

    /// <summary>Why what goes into it is dropped; null when it comes out at the peer.</summary>
    public string? Problem { get; init; }

    public PatchPort Port => new(Peer, Counters.Received, Counters.Sent);

    private static ulong RandomAddress()
    {
        const ulong Group = 0x0100_0000_0000;
        const ulong Local = 0x0200_0000_0000;
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes[2..]);
        bytes[..2].Clear();
        return (BinaryPrimitives.ReadUInt64BigEndian(bytes) & ~Group) | Local;
    }
}
