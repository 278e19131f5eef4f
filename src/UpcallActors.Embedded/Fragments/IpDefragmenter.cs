using System.Runtime.InteropServices;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Reassembles IP datagrams per conntrack zone, as the <c>ct</c> action does before it tracks
/// (<c>ovs_ct_handle_fragments</c>: <c>ip_defrag</c> for IPv4, <c>nf_ct_frag6_gather</c> for IPv6). Memory and number
/// of waiting datagrams are bounded. Not thread-safe; time is what the caller says it is, in milliseconds, and must not go back.
/// </summary>
/// <remarks>Left out: <c>ipfrag_max_dist</c>, which restarts an IPv4 datagram after 64 foreign fragments of the same sender.</remarks>
internal sealed partial class IpDefragmenter
{
    /// <summary>Time that an IPv4 datagram has, in milliseconds (<c>IP_FRAG_TIME</c>).</summary>
    public const long Ipv4Timeout = 30_000;

    /// <summary>Time that an IPv6 datagram has, in milliseconds (<c>IPV6_FRAG_TIMEOUT</c>).</summary>
    public const long Ipv6Timeout = 60_000;

    /// <summary>Memory for each IP version, in bytes (<c>ipfrag_high_thresh</c>, <c>nf_conntrack_frag6_high_thresh</c>).</summary>
    public const int DefaultMemory = 4 << 20;

    /// <summary>Incomplete datagrams for each IP version.</summary>
    public const int DefaultMaxDatagrams = 4096;

    /// <summary>
    /// The longest IP packet that comes out: IPv6 header and 65,535 bytes.
    /// A destination with the L2 header's room on top never is too short.
    /// </summary>
    public const int MaxPacketLength = Ipv6Header.Length + Ipv6Header.MaxPayload;

    private const int MaxIpv4Length = 65535;
    private readonly FragmentTable _ipv4;
    private readonly FragmentTable _ipv6;
    private OutcomeCounters _counters;

    /// <summary>Makes one with the kernel's memory bound, or less.</summary>
    public IpDefragmenter(int memory = DefaultMemory, int maxDatagrams = DefaultMaxDatagrams)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(memory, FragmentBlocks.BlockSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxDatagrams, 1);
        _ipv4 = new FragmentTable(memory, maxDatagrams, Ipv4Timeout);
        _ipv6 = new FragmentTable(memory, maxDatagrams, Ipv6Timeout);
    }

    /// <summary>Incomplete datagrams that wait.</summary>
    public int Waiting => _ipv4.Count + _ipv6.Count;

    /// <summary>Bytes of fragment memory in use, both IP versions.</summary>
    public long BytesInUse => _ipv4.BytesInUse + _ipv6.BytesInUse;

    /// <summary>Datagrams given up to make room for newer ones.</summary>
    public ulong Evicted => _ipv4.Evicted + _ipv6.Evicted;

    /// <summary>Datagrams whose time was over.</summary>
    public ulong Expired => _ipv4.Expired + _ipv6.Expired;

    /// <summary>How many calls of <see cref="Add"/> came to an outcome.</summary>
    public ulong Count(DefragmentationOutcome outcome) => _counters[(int)outcome];

    /// <summary>
    /// Takes a frame that the <c>ct</c> action of a zone sees. Only fragments should come here
    /// (<see cref="Packets.FlowKey.NwFrag"/> not 0): any other frame is <see cref="DefragmentationOutcome.Unchanged"/>.
    /// </summary>
    /// <param name="frame">The frame from its L2 header on. Bytes behind the
    /// IP packet are padding and ignored. Copied as far as kept.</param>
    /// <param name="networkOffset">Where the IP header starts.</param>
    /// <param name="etherType">Of the IP packet, behind all tags.</param>
    /// <param name="zone">Fragments of different zones never meet.</param>
    /// <param name="inPort">Tells apart what IPv6 scopes by link.</param>
    /// <param name="now">The time in milliseconds.</param>
    /// <param name="destination">Where a reassembled frame goes; may be the memory of <paramref name="frame"/>.</param>
    /// <param name="reassembly">What is in the destination, of <see cref="DefragmentationOutcome.Reassembled"/> only.</param>
    public DefragmentationOutcome Add(ReadOnlySpan<byte> frame, int networkOffset, ushort etherType, ushort zone, uint inPort, long now,
        Span<byte> destination, out Reassembly reassembly)
    {
        reassembly = default;
        Expire(now);
        DefragmentationOutcome outcome = DefragmentationOutcome.Malformed;
        if (networkOffset >= 0 && networkOffset <= frame.Length)
        {
            outcome = etherType switch
            {
                EtherTypes.Ipv4 => AddIpv4(frame, networkOffset, zone, now, destination, out reassembly),
                EtherTypes.Ipv6 => AddIpv6(frame, networkOffset, zone, inPort, now, destination, out reassembly),
                _ => DefragmentationOutcome.Unchanged,
            };
        }

        _counters[(int)outcome]++;
        return outcome;
    }

    /// <summary>Gives up the datagrams whose time is over; <see cref="Add"/> does so itself.</summary>
    public void Expire(long now)
    {
        _ipv4.Expire(now);
        _ipv6.Expire(now);
    }

    /// <summary>
    /// What the ECN bits of all fragments together add to the datagram's (<c>ip_frag_ecn_table</c>): 0, 3, or none if they contradict.
    /// </summary>
    /// <param name="seen">A bit for each codepoint seen: 1 not-ECT, 2 ECT(1), 4 ECT(0), 8 CE.</param>
    /// <param name="mark">Bits to set.</param>
    private static bool TryCombineEcn(byte seen, out byte mark)
    {
        bool congested = (seen & 8) != 0;
        mark = congested && seen != 8 ? (byte)3 : (byte)0;
        return (seen & 1) == 0 || seen == 1;
    }

    private static DefragmentationOutcome GiveUp(FragmentTable table, FragmentQueue queue, DefragmentationOutcome outcome)
    {
        table.Remove(queue);
        return outcome;
    }

    [System.Runtime.CompilerServices.InlineArray((int)DefragmentationOutcome.NoMemory + 1)]
    [StructLayout(LayoutKind.Auto)]
    private struct OutcomeCounters
    {
        private ulong _first;
    }
}
