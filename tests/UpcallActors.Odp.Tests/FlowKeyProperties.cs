using FsCheck.Xunit;
using UpcallActors.Linux;
using UpcallActors.Odp.Text;
using UpcallActors.Packets;

namespace UpcallActors.Odp.Tests;

/// <summary>For keys of every kind of packet: what was written is what is read, as attributes and as text.</summary>
public sealed class FlowKeyProperties
{
    [Property(MaxTest = 500)]
    public bool A_key_is_read_as_it_was_written(int seed)
    {
        FlowKey key = RandomKey(new Random(seed));
        var writer = new NetlinkWriter(new byte[4096]);
        OvsFlowKeyWriter.WriteKey(key, ref writer);
        return !writer.Overflowed && OvsFlowKeyReader.TryRead(writer.Written, out FlowKey read) == OdpParseError.None && read == key;
    }

    [Property(MaxTest = 500)]
    public bool A_mask_over_what_the_key_has_is_read_as_it_was_written(int seed)
    {
        var random = new Random(seed);
        FlowKey key = RandomKey(random);
        FlowKey mask = MaskOfWhatIsThere(key);
        var writer = new NetlinkWriter(new byte[4096]);
        OvsFlowKeyWriter.WriteMask(key, mask, ref writer);
        return !writer.Overflowed && OvsFlowKeyReader.TryReadMask(writer.Written, out FlowKey read) == OdpParseError.None && read == mask;
    }

    [Property(MaxTest = 500)]
    public bool A_key_and_its_mask_survive_text(int seed)
    {
        FlowKey key = RandomKey(new Random(seed));
        var keyWriter = new NetlinkWriter(new byte[4096]);
        OvsFlowKeyWriter.WriteKey(key, 0, ref keyWriter);
        var maskWriter = new NetlinkWriter(new byte[4096]);
        OvsFlowKeyWriter.WriteMask(key, MaskOfWhatIsThere(key), ref maskWriter);
        string text = FlowText.Format(keyWriter.Written, maskWriter.Written, null, verbose: true);
        (byte[] keyBytes, byte[] maskBytes) = FlowText.Parse(text, null);
        return OvsFlowKeyReader.TryRead(keyBytes, out FlowKey read) == OdpParseError.None && read == key
            && FlowText.Format(keyBytes, maskBytes, null, verbose: true) == text;
    }

    [Property(MaxTest = 300)]
    public bool A_ct_action_is_read_as_it_was_written(ushort zone, uint mark, uint markMask, bool commit, bool source, uint address,
        ushort port, bool persistent)
    {
        var nat = new OvsNatAction
        {
            Source = source,
            Destination = !source,
            AddressLength = 4,
            IpMin = address,
            IpMax = uint.MaxValue,
            ProtoMin = port,
            ProtoMax = ushort.MaxValue,
            Persistent = persistent,
        };
        var action = new OvsCtAction
        {
            Commit = commit,
            Zone = zone,
            MarkValue = mark,
            MarkMask = markMask,
            Helper = "ftp"u8,
            Timeout = "policy"u8,
            EventMask = mark,
            Nat = nat,
            LabelsValue = new UInt128(mark, zone),
            LabelsMask = UInt128.MaxValue,
        };
        var ovs = new NetlinkWriter(new byte[1024]);
        action.Write(ref ovs);
        var kernel = new NetlinkWriter(new byte[1024]);
        action.WriteAsKernel(ref kernel);
        return IsSame(ovs.Written) && IsSame(kernel.Written);

        bool IsSame(ReadOnlySpan<byte> written)
        {
            OvsCtAction.TryParse(written[NetlinkAttribute.HeaderLength..], out OvsCtAction read);
            return read.Commit == commit && read.Zone == zone && read.MarkMask == markMask && (markMask == 0 || read.MarkValue == mark)
                && read.EventMask == mark && read.Nat == nat
                && read.LabelsValue == new UInt128(mark, zone) && read.Helper.SequenceEqual("ftp"u8)
                && read.Timeout.SequenceEqual("policy"u8);
        }
    }

    private static FlowKey RandomKey(Random random)
    {
        var key = new FlowKey
        {
            RecircId = (uint)random.Next(),
            DpHash = (uint)random.Next(),
            SkbPriority = (uint)random.Next(),
            DatapathPort = (uint)random.Next(65536),
            SkbMark = (uint)random.Next(),
            CtState = (CtState)random.Next(256),
            CtZone = (ushort)random.Next(65536),
            CtMark = (uint)random.Next(),
            CtLabels = Random128(random),
            EthSrc = (ulong)random.NextInt64(1L << 48),
            EthDst = (ulong)random.NextInt64(1L << 48),
        };
        if (random.Next(2) == 0)
            SetTunnel(ref key, random);
        int tags = random.Next(3);
        if (tags > 0)
            (key.VlanTpid, key.VlanTci) = (EtherTypes.ServiceVlan, (ushort)(random.Next(65536) | 0x1000));
        if (tags > 1)
            (key.CvlanTpid, key.CvlanTci) = (EtherTypes.Vlan, (ushort)(random.Next(65536) | 0x1000));
        SetNetwork(ref key, random);
        return key;
    }

    private static void SetTunnel(ref FlowKey key, Random random)
    {
        key.TunFlags = (TunnelFlags)random.Next(8) | TunnelFlags.Key;
        key.TunId = (ulong)random.NextInt64();
        key.TunTos = (byte)random.Next(256);
        key.TunTtl = (byte)random.Next(256);
        key.TunTpSrc = (ushort)random.Next(65536);
        key.TunTpDst = (ushort)random.Next(65536);
        key.TunGbpId = (ushort)random.Next(65536);
        key.TunGbpFlags = (byte)random.Next(256);
        if (random.Next(2) == 0)
            (key.TunIpv4Src, key.TunIpv4Dst) = ((uint)random.Next(), (uint)random.Next(1, int.MaxValue));
        else
            (key.TunIpv6Src, key.TunIpv6Dst) = (Random128(random), Random128(random) | 1);
    }

    private static void SetNetwork(ref FlowKey key, Random random)
    {
        key.EthType = random.GetItems([EtherTypes.Ipv4, EtherTypes.Ipv6, EtherTypes.Arp, EtherTypes.MplsUnicast, EtherTypes.Nsh,
            OvsFlowKeyReader.NoEtherType, (ushort)0x1234], 1)[0];
        switch (key.EthType)
        {
            case EtherTypes.Ipv4:
                (key.Ipv4Src, key.Ipv4Dst) = ((uint)random.Next(), (uint)random.Next());
                (key.CtOrigProto, key.CtOrigIpv4Src, key.CtOrigTpDst) = (6, (uint)random.Next(), (ushort)random.Next(65536));
                SetTransport(ref key, random, [IpProtocols.Icmp, IpProtocols.Tcp, IpProtocols.Udp, IpProtocols.Sctp, 99]);
                break;
            case EtherTypes.Ipv6:
                (key.Ipv6Src, key.Ipv6Dst, key.Ipv6Label) = (Random128(random), Random128(random), (uint)random.Next(1 << 20));
                (key.CtOrigProto, key.CtOrigIpv6Src, key.CtOrigTpSrc) = (58, Random128(random), (ushort)random.Next(65536));
                SetTransport(ref key, random, [IpProtocols.Icmpv6, IpProtocols.Tcp, IpProtocols.Udp, IpProtocols.Sctp, 99]);
                break;
            case EtherTypes.Arp:
                (key.Ipv4Src, key.Ipv4Dst, key.NwProto) = ((uint)random.Next(), (uint)random.Next(), (byte)random.Next(1, 255));
                (key.ArpSha, key.ArpTha) = ((ulong)random.NextInt64(1L << 48), (ulong)random.NextInt64(1L << 48));
                break;
            case EtherTypes.MplsUnicast:
                key.Mpls0 = (uint)random.Next() & ~0x100u;
                key.Mpls1 = (uint)random.Next() | 0x100;
                break;
            case EtherTypes.Nsh:
                key.Set(FlowKeyFields.NshBase, 0x003f_0103_0001_23ff);
                key.Set(FlowKeyFields.NshContext12, (ulong)random.NextInt64());
                key.Set(FlowKeyFields.NshContext34, (ulong)random.NextInt64());
                break;
            default:
                break;
        }
    }

    private static void SetTransport(ref FlowKey key, Random random, byte[] protocols)
    {
        (key.NwTos, key.NwTtl) = ((byte)random.Next(256), (byte)random.Next(256));
        key.NwProto = random.GetItems(protocols, 1)[0];
        key.NwFrag = random.GetItems([(byte)0, FlowKey.FragAny, (byte)(FlowKey.FragAny | FlowKey.FragLater)], 1)[0];
        if ((key.NwFrag & FlowKey.FragLater) != 0 || key.NwProto == 99)
            return;
        bool isIcmp = key.NwProto is IpProtocols.Icmp or IpProtocols.Icmpv6;
        (key.TpSrc, key.TpDst) = ((ushort)random.Next(isIcmp ? 256 : 65536), (ushort)random.Next(isIcmp ? 256 : 65536));
        if (key.NwProto == IpProtocols.Tcp)
            key.TcpFlags = (ushort)random.Next(4096);
        if (key.NwProto != IpProtocols.Icmpv6 || random.Next(2) == 0)
            return;
        (key.TpSrc, key.TpDst) = (135, 0);
        (key.NdTarget, key.ArpSha, key.ArpTha) = (Random128(random), (ulong)random.NextInt64(1L << 48), (ulong)random.NextInt64(1L << 48));
    }

    /// <summary>Each field that the key has is masked by its own bits, which is a mask of that field and of no other.</summary>
    private static FlowKey MaskOfWhatIsThere(in FlowKey key)
    {
        FlowKey mask = key;
        if (key.NwFrag != 0)
            mask.NwFrag = FlowKey.FragAny | FlowKey.FragLater;
        if (key.VlanTpid != 0)
            mask.VlanTpid = ushort.MaxValue;
        if (key.CvlanTpid != 0)
            mask.CvlanTpid = ushort.MaxValue;
        if (key.EthType == OvsFlowKeyReader.NoEtherType)
            mask.EthType = ushort.MaxValue;
        return mask;
    }

    private static UInt128 Random128(Random random) => new((ulong)random.NextInt64(), (ulong)random.NextInt64());
}
