using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>Datapath keys of ordinary packets, from datapath port 101 (OpenFlow port 1) unless told otherwise.</summary>
internal static class Packets
{
    public const ulong Host1 = 0x0200_0000_0001;
    public const ulong Host2 = 0x0200_0000_0002;
    public const ulong Broadcast = 0xffff_ffff_ffff;

    public static FlowKey Ethernet(uint inPort = 101, ulong source = Host1, ulong destination = Host2, ushort type = 0x88b5) =>
        new() { DatapathPort = inPort, EthSrc = source, EthDst = destination, EthType = type };

    public static FlowKey Ipv4(byte protocol, uint inPort = 101)
    {
        FlowKey key = Ethernet(inPort, type: EtherTypes.Ipv4);
        key.Ipv4Src = 0x0a000001;
        key.Ipv4Dst = 0x0a000002;
        key.NwProto = protocol;
        key.NwTtl = 64;
        return key;
    }

    public static FlowKey Tcp(uint inPort = 101)
    {
        FlowKey key = Ipv4(IpProtocols.Tcp, inPort);
        key.TpSrc = 1000;
        key.TpDst = 80;
        return key;
    }

    public static FlowKey Ipv6(byte protocol, uint inPort = 101)
    {
        FlowKey key = Ethernet(inPort, type: EtherTypes.Ipv6);
        key.Ipv6Src = ((UInt128)0xfc00 << 112) | 1;
        key.Ipv6Dst = ((UInt128)0xfc00 << 112) | 2;
        key.NwProto = protocol;
        key.NwTtl = 64;
        return key;
    }

    public static FlowKey Arp(byte operation, uint inPort = 101, ulong source = Host1, ulong destination = Broadcast)
    {
        FlowKey key = Ethernet(inPort, source, destination, EtherTypes.Arp);
        key.NwProto = operation;
        key.Ipv4Src = 0x0a000001;
        key.Ipv4Dst = 0x0a000002;
        key.ArpSha = source;
        return key;
    }

    public static FlowKey Tagged(this FlowKey key, ushort vlan, int priority = 0)
    {
        key.CvlanTpid = key.VlanTpid;
        key.CvlanTci = key.VlanTci;
        key.VlanTpid = EtherTypes.Vlan;
        key.VlanTci = (ushort)((priority << 13) | 0x1000 | vlan);
        return key;
    }

    /// <summary>The words that are not zero, for messages.</summary>
    public static string Describe(this FlowKey key)
    {
        var parts = new List<string>();
        ReadOnlySpan<ulong> words = key.ReadOnlyWords;
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i] != 0)
                parts.Add($"{i}:{words[i]:x}");
        }

        return string.Join(' ', parts);
    }
}
