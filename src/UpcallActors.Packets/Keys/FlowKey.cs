using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace UpcallActors.Packets;

/// <summary>
/// A datapath flow key as numbers in host byte order, laid out in 64-bit words so that masks, hashes and comparisons work a word
/// at a time; the same type holds a mask. The words run from metadata over L2 and L3 to L4, the order in which a staged lookup
/// reads them. Where each field lies is in <see cref="FlowKeyFields"/>. A plain value: no references, copied by assignment.
/// </summary>
/// <remarks>
/// Not held here, because nothing matches on it: Geneve and ERSPAN option bytes, IPV6_EXTHDRS, attributes not invented
/// yet. They stay in the attribute bytes the key was parsed from, which is what goes back to the datapath.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
public struct FlowKey : IEquatable<FlowKey>
{
    /// <summary>Words of a key.</summary>
    public const int WordCount = 39;

    /// <summary>First word after metadata.</summary>
    public const int L2Start = 20;

    /// <summary>First word after L2.</summary>
    public const int L3Start = 25;

    /// <summary>First word after L3.</summary>
    public const int L4Start = 38;

    /// <summary><see cref="NwFrag"/>: any fragment (set for first and later ones).</summary>
    public const byte FragAny = 1;

    /// <summary><see cref="NwFrag"/>: not the first fragment.</summary>
    public const byte FragLater = 2;

    private WordArray _words;

    /// <summary>The words, to read and write in place.</summary>
    [UnscopedRef]
    public Span<ulong> Words
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => MemoryMarshal.CreateSpan(ref Unsafe.As<WordArray, ulong>(ref _words), WordCount);
    }

    /// <summary>The words, to read.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<ulong> ReadOnlyWords
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<WordArray, ulong>(ref Unsafe.AsRef(in _words)), WordCount);
    }

    /// <summary>Reads a field of up to 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly ulong Get(FieldLocation field) => (ReadOnlyWords[field.Word] >> field.Shift) & field.LowMask;

    /// <summary>Writes a field of up to 64 bits; bits above its width are cut off.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Set(FieldLocation field, ulong value)
    {
        ref ulong word = ref Words[field.Word];
        word = (word & ~(field.LowMask << field.Shift)) | ((value & field.LowMask) << field.Shift);
    }

    /// <summary>Reads a field of 128 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly UInt128 Get128(FieldLocation field) => new(ReadOnlyWords[field.Word], ReadOnlyWords[field.Word + 1]);

    /// <summary>Writes a field of 128 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Set128(FieldLocation field, UInt128 value)
    {
        Words[field.Word] = (ulong)(value >> 64);
        Words[field.Word + 1] = (ulong)value;
    }

    /// <summary>OVS_TUNNEL_KEY_ATTR_ID.</summary>
    public ulong TunId { readonly get => Get(FlowKeyFields.TunId); set => Set(FlowKeyFields.TunId, value); }

    /// <summary>OVS_TUNNEL_KEY_ATTR_IPV4_SRC.</summary>
    public uint TunIpv4Src { readonly get => (uint)Get(FlowKeyFields.TunIpv4Src); set => Set(FlowKeyFields.TunIpv4Src, value); }

    /// <summary>OVS_TUNNEL_KEY_ATTR_IPV4_DST.</summary>
    public uint TunIpv4Dst { readonly get => (uint)Get(FlowKeyFields.TunIpv4Dst); set => Set(FlowKeyFields.TunIpv4Dst, value); }

    /// <summary>OVS_TUNNEL_KEY_ATTR_IPV6_SRC.</summary>
    public UInt128 TunIpv6Src { readonly get => Get128(FlowKeyFields.TunIpv6Src); set => Set128(FlowKeyFields.TunIpv6Src, value); }

    /// <summary>OVS_TUNNEL_KEY_ATTR_IPV6_DST.</summary>
    public UInt128 TunIpv6Dst { readonly get => Get128(FlowKeyFields.TunIpv6Dst); set => Set128(FlowKeyFields.TunIpv6Dst, value); }

    /// <summary>
    /// Whether the packet came out of a tunnel: it has the address that the outer one went to (<c>flow_tnl_dst_is_set</c>).
    /// </summary>
    public readonly bool IsFromTunnel => TunIpv4Dst != 0 || TunIpv6Dst != UInt128.Zero;

    /// <summary>Tunnel flags that are flag attributes on the wire, see <see cref="Packets.TunnelFlags"/>.</summary>
    public TunnelFlags TunFlags
    {
        readonly get => (TunnelFlags)Get(FlowKeyFields.TunFlags); set =>
        Set(FlowKeyFields.TunFlags, (ulong)value);
    }

    /// <summary>OVS_TUNNEL_KEY_ATTR_TOS.</summary>
    public byte TunTos { readonly get => (byte)Get(FlowKeyFields.TunTos); set => Set(FlowKeyFields.TunTos, value); }

    /// <summary>OVS_TUNNEL_KEY_ATTR_TTL.</summary>
    public byte TunTtl { readonly get => (byte)Get(FlowKeyFields.TunTtl); set => Set(FlowKeyFields.TunTtl, value); }

    /// <summary>OVS_TUNNEL_KEY_ATTR_TP_SRC.</summary>
    public ushort TunTpSrc { readonly get => (ushort)Get(FlowKeyFields.TunTpSrc); set => Set(FlowKeyFields.TunTpSrc, value); }

    /// <summary>OVS_TUNNEL_KEY_ATTR_TP_DST.</summary>
    public ushort TunTpDst { readonly get => (ushort)Get(FlowKeyFields.TunTpDst); set => Set(FlowKeyFields.TunTpDst, value); }

    /// <summary>VXLAN group policy id.</summary>
    public ushort TunGbpId { readonly get => (ushort)Get(FlowKeyFields.TunGbpId); set => Set(FlowKeyFields.TunGbpId, value); }

    /// <summary>VXLAN group policy flags.</summary>
    public byte TunGbpFlags { readonly get => (byte)Get(FlowKeyFields.TunGbpFlags); set => Set(FlowKeyFields.TunGbpFlags, value); }

    /// <summary>The datapath port that the packet came in on, by the datapath's number (OVS_KEY_ATTR_IN_PORT).</summary>
    public uint DatapathPort { readonly get => (uint)Get(FlowKeyFields.DatapathPort); set => Set(FlowKeyFields.DatapathPort, value); }

    /// <summary>Recirculation id, 0 for a packet fresh from its port.</summary>
    public uint RecircId { readonly get => (uint)Get(FlowKeyFields.RecircId); set => Set(FlowKeyFields.RecircId, value); }

    /// <summary>QoS priority (<c>skb-&gt;priority</c>).</summary>
    public uint SkbPriority { readonly get => (uint)Get(FlowKeyFields.SkbPriority); set => Set(FlowKeyFields.SkbPriority, value); }

    /// <summary>Packet mark (<c>skb-&gt;mark</c>).</summary>
    public uint SkbMark { readonly get => (uint)Get(FlowKeyFields.SkbMark); set => Set(FlowKeyFields.SkbMark, value); }

    /// <summary>Hash computed by the HASH action.</summary>
    public uint DpHash { readonly get => (uint)Get(FlowKeyFields.DpHash); set => Set(FlowKeyFields.DpHash, value); }

    /// <summary>Connection mark.</summary>
    public uint CtMark { readonly get => (uint)Get(FlowKeyFields.CtMark); set => Set(FlowKeyFields.CtMark, value); }

    /// <summary>Connection state bits.</summary>
    public CtState CtState { readonly get => (CtState)Get(FlowKeyFields.CtState); set => Set(FlowKeyFields.CtState, (ulong)value); }

    /// <summary>Connection-tracking zone.</summary>
    public ushort CtZone { readonly get => (ushort)Get(FlowKeyFields.CtZone); set => Set(FlowKeyFields.CtZone, value); }

    /// <summary>IP protocol of the connection's original direction.</summary>
    public byte CtOrigProto { readonly get => (byte)Get(FlowKeyFields.CtOrigProto); set => Set(FlowKeyFields.CtOrigProto, value); }

    /// <summary>Connection label as Open vSwitch's number: wire byte 0 is the least significant (host byte order).</summary>
    public UInt128 CtLabels { readonly get => Get128(FlowKeyFields.CtLabels); set => Set128(FlowKeyFields.CtLabels, value); }

    /// <summary>Source of the connection's original direction, IPv4.</summary>
    public uint CtOrigIpv4Src { readonly get => (uint)Get(FlowKeyFields.CtOrigIpv4Src); set => Set(FlowKeyFields.CtOrigIpv4Src, value); }

    /// <summary>Destination of the connection's original direction, IPv4.</summary>
    public uint CtOrigIpv4Dst { readonly get => (uint)Get(FlowKeyFields.CtOrigIpv4Dst); set => Set(FlowKeyFields.CtOrigIpv4Dst, value); }

    /// <summary>Source port (or ICMP type) of the connection's original direction.</summary>
    public ushort CtOrigTpSrc { readonly get => (ushort)Get(FlowKeyFields.CtOrigTpSrc); set => Set(FlowKeyFields.CtOrigTpSrc, value); }

    /// <summary>Destination port (or ICMP code) of the connection's original direction.</summary>
    public ushort CtOrigTpDst { readonly get => (ushort)Get(FlowKeyFields.CtOrigTpDst); set => Set(FlowKeyFields.CtOrigTpDst, value); }

    /// <summary>Packet type: namespace in the upper half, type in the lower; 0 is Ethernet.</summary>
    public uint PacketType { readonly get => (uint)Get(FlowKeyFields.PacketType); set => Set(FlowKeyFields.PacketType, value); }

    /// <summary>Source of the connection's original direction, IPv6.</summary>
    public UInt128 CtOrigIpv6Src { readonly get => Get128(FlowKeyFields.CtOrigIpv6Src); set => Set128(FlowKeyFields.CtOrigIpv6Src, value); }

    /// <summary>Destination of the connection's original direction, IPv6.</summary>
    public UInt128 CtOrigIpv6Dst { readonly get => Get128(FlowKeyFields.CtOrigIpv6Dst); set => Set128(FlowKeyFields.CtOrigIpv6Dst, value); }

    /// <summary>Ethernet destination, 48 bits.</summary>
    public ulong EthDst { readonly get => Get(FlowKeyFields.EthDst); set => Set(FlowKeyFields.EthDst, value); }

    /// <summary>Ethernet source, 48 bits.</summary>
    public ulong EthSrc { readonly get => Get(FlowKeyFields.EthSrc); set => Set(FlowKeyFields.EthSrc, value); }

    /// <summary>
    /// Ethernet type behind all VLAN tags; 0 in a key whose frame has an 802.3 length and no SNAP header is written 0x05ff.
    /// </summary>
    public ushort EthType { readonly get => (ushort)Get(FlowKeyFields.EthType); set => Set(FlowKeyFields.EthType, value); }

    /// <summary>Outer VLAN's TPID, 0 without a tag.</summary>
    public ushort VlanTpid { readonly get => (ushort)Get(FlowKeyFields.VlanTpid); set => Set(FlowKeyFields.VlanTpid, value); }

    /// <summary>Outer VLAN's TCI with bit 12 set to say "present"; 0 without a tag.</summary>
    public ushort VlanTci { readonly get => (ushort)Get(FlowKeyFields.VlanTci); set => Set(FlowKeyFields.VlanTci, value); }

    /// <summary>Inner VLAN's TPID, 0 without a second tag.</summary>
    public ushort CvlanTpid { readonly get => (ushort)Get(FlowKeyFields.CvlanTpid); set => Set(FlowKeyFields.CvlanTpid, value); }

    /// <summary>Inner VLAN's TCI with bit 12 set to say "present"; 0 without a second tag.</summary>
    public ushort CvlanTci { readonly get => (ushort)Get(FlowKeyFields.CvlanTci); set => Set(FlowKeyFields.CvlanTci, value); }

    /// <summary>Outermost MPLS label stack entry.</summary>
    public uint Mpls0 { readonly get => (uint)Get(FlowKeyFields.Mpls0); set => Set(FlowKeyFields.Mpls0, value); }

    /// <summary>Second MPLS label stack entry.</summary>
    public uint Mpls1 { readonly get => (uint)Get(FlowKeyFields.Mpls1); set => Set(FlowKeyFields.Mpls1, value); }

    /// <summary>Third MPLS label stack entry.</summary>
    public uint Mpls2 { readonly get => (uint)Get(FlowKeyFields.Mpls2); set => Set(FlowKeyFields.Mpls2, value); }

    /// <summary>IPv4 source, or ARP sender's protocol address.</summary>
    public uint Ipv4Src { readonly get => (uint)Get(FlowKeyFields.Ipv4Src); set => Set(FlowKeyFields.Ipv4Src, value); }

    /// <summary>IPv4 destination, or ARP target's protocol address.</summary>
    public uint Ipv4Dst { readonly get => (uint)Get(FlowKeyFields.Ipv4Dst); set => Set(FlowKeyFields.Ipv4Dst, value); }

    /// <summary>IPv6 source.</summary>
    public UInt128 Ipv6Src { readonly get => Get128(FlowKeyFields.Ipv6Src); set => Set128(FlowKeyFields.Ipv6Src, value); }

    /// <summary>IPv6 destination.</summary>
    public UInt128 Ipv6Dst { readonly get => Get128(FlowKeyFields.Ipv6Dst); set => Set128(FlowKeyFields.Ipv6Dst, value); }

    /// <summary>IPv6 flow label, 20 bits.</summary>
    public uint Ipv6Label { readonly get => (uint)Get(FlowKeyFields.Ipv6Label); set => Set(FlowKeyFields.Ipv6Label, value); }

    /// <summary>IP protocol, or the lower 8 bits of the ARP operation.</summary>
    public byte NwProto { readonly get => (byte)Get(FlowKeyFields.NwProto); set => Set(FlowKeyFields.NwProto, value); }

    /// <summary>IP ToS or traffic class, ECN included.</summary>
    public byte NwTos { readonly get => (byte)Get(FlowKeyFields.NwTos); set => Set(FlowKeyFields.NwTos, value); }

    /// <summary>IP TTL or hop limit.</summary>
    public byte NwTtl { readonly get => (byte)Get(FlowKeyFields.NwTtl); set => Set(FlowKeyFields.NwTtl, value); }

    /// <summary>Fragment bits: <see cref="FragAny"/>, <see cref="FragLater"/>. In a mask, both bits together are the wire's 0xff.</summary>
    public byte NwFrag { readonly get => (byte)Get(FlowKeyFields.NwFrag); set => Set(FlowKeyFields.NwFrag, value); }

    /// <summary>ARP sender's hardware address, or the ND source link-layer option.</summary>
    public ulong ArpSha { readonly get => Get(FlowKeyFields.ArpSha); set => Set(FlowKeyFields.ArpSha, value); }

    /// <summary>ARP target's hardware address, or the ND target link-layer option.</summary>
    public ulong ArpTha { readonly get => Get(FlowKeyFields.ArpTha); set => Set(FlowKeyFields.ArpTha, value); }

    /// <summary>TCP flags, 12 bits.</summary>
    public ushort TcpFlags { readonly get => (ushort)Get(FlowKeyFields.TcpFlags); set => Set(FlowKeyFields.TcpFlags, value); }

    /// <summary>ND target address.</summary>
    public UInt128 NdTarget { readonly get => Get128(FlowKeyFields.NdTarget); set => Set128(FlowKeyFields.NdTarget, value); }

    /// <summary>TCP, UDP or SCTP source port, or ICMP type.</summary>
    public ushort TpSrc { readonly get => (ushort)Get(FlowKeyFields.TpSrc); set => Set(FlowKeyFields.TpSrc, value); }

    /// <summary>TCP, UDP or SCTP destination port, or ICMP code.</summary>
    public ushort TpDst { readonly get => (ushort)Get(FlowKeyFields.TpDst); set => Set(FlowKeyFields.TpDst, value); }

    /// <inheritdoc/>
    public readonly bool Equals(FlowKey other) => ReadOnlyWords.SequenceEqual(other.ReadOnlyWords);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is FlowKey other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(MemoryMarshal.AsBytes(ReadOnlyWords));
        return hash.ToHashCode();
    }

    /// <summary>Word-wise equality.</summary>
    public static bool operator ==(FlowKey left, FlowKey right) => left.Equals(right);

    /// <summary>Word-wise inequality.</summary>
    public static bool operator !=(FlowKey left, FlowKey right) => !left.Equals(right);

    [InlineArray(WordCount)]
    private struct WordArray
    {
        private ulong _first;
    }
}
