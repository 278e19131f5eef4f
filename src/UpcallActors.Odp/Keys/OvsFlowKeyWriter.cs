using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Odp;

/// <summary>
/// Writes <see cref="FlowKey"/>s as lists of <see cref="OvsKeyAttribute"/>. Which attributes are there follows from the
/// key; what is in them, for a mask, from the mask. Does not nest the list itself, and allocates nothing.
/// </summary>
internal static class OvsFlowKeyWriter
{
    internal const ushort VxlanExtensionGbp = 1;

    /// <summary>
    /// Writes a key with the attributes and in the order of the kernel's <c>__ovs_nla_put_key</c>, without
    /// IPV6_EXTHDRS (kernels before 5.18).
    /// </summary>
    public static void WriteKey(in FlowKey key, ref NetlinkWriter writer)
    {
        WriteKernelMetadata(key, ref writer);
        OvsHeaderKeyWriter.Write(key, key, isMask: false, extensionHeaders: -1, onlyWhatCounts: false, ref writer);
    }

    /// <summary>
    /// Writes a key as kernels since 5.18 do: an IPv6 key has IPV6_EXTHDRS with <paramref name="ipv6ExtHdrs"/>, which a
    /// <see cref="FlowKey"/> does not hold.
    /// </summary>
    public static void WriteKey(in FlowKey key, ushort ipv6ExtHdrs, ref NetlinkWriter writer)
    {
        WriteKernelMetadata(key, ref writer);
        OvsHeaderKeyWriter.Write(key, key, isMask: false, ipv6ExtHdrs, onlyWhatCounts: false, ref writer);
    }

    /// <summary>
    /// Writes the mask of a flow put as ovs-vswitchd 3.1 does (<c>odp_flow_key_from_mask</c>): metadata in its order, a
    /// tunnel mask always, an EtherType mask of 0xffff beside each VLAN mask, TCP_FLAGS only if some bit of it counts.
    /// </summary>
    public static void WriteMask(in FlowKey key, in FlowKey mask, ref NetlinkWriter writer)
    {
        writer.PutU32(OvsKeyAttribute.Priority, mask.SkbPriority);
        WriteTunnel(mask, ref writer);
        writer.PutU32(OvsKeyAttribute.SkbMark, mask.SkbMark);
        OvsConntrackKeyWriter.Write(key, mask, ref writer);
        writer.PutU32(OvsKeyAttribute.RecircId, mask.RecircId);
        writer.PutU32(OvsKeyAttribute.DpHash, mask.DpHash);
        writer.PutU32(OvsKeyAttribute.InPort, mask.DatapathPort);
        OvsHeaderKeyWriter.Write(key, mask, isMask: true, extensionHeaders: -1, onlyWhatCounts: true, ref writer);
    }

    /// <summary>
    /// Writes a mask as the kernel reports it (<c>ovs_nla_put_mask</c>): in the order of a key, with every attribute that the
    /// key has. <paramref name="ipv6ExtHdrs"/> is IPV6_EXTHDRS's mask, null for kernels before 5.18.
    /// </summary>
    public static void WriteMaskAsKernel(in FlowKey key, in FlowKey mask, ushort? ipv6ExtHdrs, ref NetlinkWriter writer)
    {
        writer.PutU32(OvsKeyAttribute.RecircId, mask.RecircId);
        writer.PutU32(OvsKeyAttribute.DpHash, mask.DpHash);
        writer.PutU32(OvsKeyAttribute.Priority, mask.SkbPriority);
        WriteTunnel(mask, ref writer);
        writer.PutU32(OvsKeyAttribute.InPort, mask.DatapathPort);
        writer.PutU32(OvsKeyAttribute.SkbMark, mask.SkbMark);
        OvsConntrackKeyWriter.Write(key, mask, ref writer);
        OvsHeaderKeyWriter.Write(key, mask, isMask: true, ipv6ExtHdrs ?? -1, onlyWhatCounts: false, ref writer);
    }

    /// <summary>
    /// Writes what an EXECUTE needs of a key: the metadata that the packet's bytes do not tell, as
    /// <c>odp_key_from_dp_packet</c> does in ovs-vswitchd. A packet that came from no port has the port <see cref="uint.MaxValue"/>.
    /// </summary>
    public static void WriteExecuteKey(in FlowKey key, ref NetlinkWriter writer)
    {
        writer.PutU32(OvsKeyAttribute.Priority, key.SkbPriority);
        if (HasTunnel(key))
            WriteTunnel(key, ref writer);
        writer.PutU32(OvsKeyAttribute.SkbMark, key.SkbMark);
        if (key.CtState != 0)
            OvsConntrackKeyWriter.WriteNonZero(key, ref writer);
        if (key.DatapathPort != uint.MaxValue)
            writer.PutU32(OvsKeyAttribute.InPort, key.DatapathPort);

        // Without ETHERNET, an EtherType is what tells the kernel that the packet has no Ethernet header (ovs_flow_key_extract_userspace).
        if (key.PacketType != 0)
            writer.PutU16BigEndian(OvsKeyAttribute.EtherType, (ushort)key.PacketType);
    }

    /// <summary>Whether the packet came out of a tunnel: one of the outer addresses is set.</summary>
    public static bool HasTunnel(in FlowKey key) =>
        key.TunIpv4Dst != 0 || key.TunIpv4Src != 0 || key.TunIpv6Dst != UInt128.Zero || key.TunIpv6Src != UInt128.Zero;

    /// <summary>Writes a TUNNEL attribute, in the order of the kernel's <c>__ip_tun_to_nlattr</c>, which is Open vSwitch's too.</summary>
    public static void WriteTunnel(in FlowKey key, ref NetlinkWriter writer)
    {
        int nest = writer.BeginNest(OvsKeyAttribute.Tunnel);
        WriteTunnelAttributes(key, ref writer);
        writer.EndNest(nest);
    }

    /// <summary>Writes the attributes of a tunnel key without nesting them.</summary>
    public static void WriteTunnelAttributes(in FlowKey key, ref NetlinkWriter writer)
    {
        if (key.TunId != 0 || (key.TunFlags & TunnelFlags.Key) != 0)
            writer.PutU64BigEndian(OvsTunnelKeyAttribute.Id, key.TunId);
        WriteTunnelAddresses(key, ref writer);
        if (key.TunTos != 0)
            writer.PutU8(OvsTunnelKeyAttribute.Tos, key.TunTos);
        writer.PutU8(OvsTunnelKeyAttribute.Ttl, key.TunTtl);
        if ((key.TunFlags & TunnelFlags.DontFragment) != 0)
            writer.PutFlag(OvsTunnelKeyAttribute.DontFragment);
        if ((key.TunFlags & TunnelFlags.Checksum) != 0)
            writer.PutFlag(OvsTunnelKeyAttribute.Csum);
        if (key.TunTpSrc != 0)
            writer.PutU16BigEndian(OvsTunnelKeyAttribute.TpSrc, key.TunTpSrc);
        if (key.TunTpDst != 0)
            writer.PutU16BigEndian(OvsTunnelKeyAttribute.TpDst, key.TunTpDst);
        if ((key.TunFlags & TunnelFlags.Oam) != 0)
            writer.PutFlag(OvsTunnelKeyAttribute.Oam);
        if (key.TunGbpId != 0 || key.TunGbpFlags != 0)
        {
            int nest = writer.BeginNest(OvsTunnelKeyAttribute.VxlanOpts);
            writer.PutU32(VxlanExtensionGbp, key.TunGbpId | ((uint)key.TunGbpFlags << 16));
            writer.EndNest(nest);
        }
    }

    private static void WriteTunnelAddresses(in FlowKey key, ref NetlinkWriter writer)
    {
        if (key.TunIpv4Src != 0)
            writer.PutU32BigEndian(OvsTunnelKeyAttribute.Ipv4Src, key.TunIpv4Src);
        if (key.TunIpv4Dst != 0)
            writer.PutU32BigEndian(OvsTunnelKeyAttribute.Ipv4Dst, key.TunIpv4Dst);
        if (key.TunIpv6Src != UInt128.Zero)
            OvsHeaderKeyWriter.WriteUInt128(OvsTunnelKeyAttribute.Ipv6Src, key.TunIpv6Src, ref writer);
        if (key.TunIpv6Dst != UInt128.Zero)
            OvsHeaderKeyWriter.WriteUInt128(OvsTunnelKeyAttribute.Ipv6Dst, key.TunIpv6Dst, ref writer);
    }

    private static void WriteKernelMetadata(in FlowKey key, ref NetlinkWriter writer)
    {
        writer.PutU32(OvsKeyAttribute.RecircId, key.RecircId);
        writer.PutU32(OvsKeyAttribute.DpHash, key.DpHash);
        writer.PutU32(OvsKeyAttribute.Priority, key.SkbPriority);
        if (HasTunnel(key))
            WriteTunnel(key, ref writer);
        writer.PutU32(OvsKeyAttribute.InPort, key.DatapathPort);
        writer.PutU32(OvsKeyAttribute.SkbMark, key.SkbMark);
        OvsConntrackKeyWriter.Write(key, key, ref writer);
    }
}
