using System.Buffers.Binary;
using System.Security.Cryptography;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Odp;

/// <summary>
/// Finds out what a datapath can do, by trying, as ovs-vswitchd does (<c>check_support</c> in <c>ofproto/ofproto-dpif.c</c>): it puts flows
/// with keys and actions, reads them back and deletes them, and executes some actions on an empty packet. The flows have no input port, so
/// no packet matches them, and none is left behind; the actions send nothing anywhere.
/// </summary>
internal static class DatapathProbe
{
    private const int LeastSampleNesting = 3;
    private const int MostSampleNesting = 10;
    private const int MostVlanHeaders = 2;
    private const int MostMplsLabels = 3;

    /// <summary>An unused EtherType.</summary>
    private const ushort Unassigned = 0x1234;

    private const uint CtNew = 0x01;
    private const uint CtTracked = 0x20;
    private const uint CtSourceNat = 0x40;

    private delegate void Part(ref NetlinkWriter writer);

    /// <summary>Probes a datapath.</summary>
    public static DatapathSupport Run(DatapathClient client, OvsFamilies families, int ifIndex)
    {
        var requests = new ProbeRequests(client, families, ifIndex);
        MeterMessage meters = requests.MeterFeatures();
        bool knowsNat = TakesKey(requests, EtherTypes.Ipv4,
            static (ref writer) => writer.PutU32(OvsKeyAttribute.CtState, CtTracked | CtSourceNat));
        return new DatapathSupport
        {
            Recirc = TakesKey(requests, Unassigned, static (ref writer) =>
            {
                writer.PutU32(OvsKeyAttribute.RecircId, 1);
                writer.PutU32(OvsKeyAttribute.DpHash, 1);
            }),
            MaxVlanHeaders = Depth(1, MostVlanHeaders, depth => requests.TakesFlow(Key((ref writer) => PutVlans(ref writer, depth)), [])),
            MaxMplsDepth = Depth(1, MostMplsLabels, depth => requests.TakesFlow(Key((ref writer) => PutMpls(ref writer, depth)), [])),
            MaskedSet = requests.TakesActions(EmptyPacket, Bytes(PutMaskedSet)),
            Trunc = requests.TakesActions(EmptyPacket, Bytes(static (ref writer) => OvsActionWriter.Trunc(ref writer, 15))),
            Ufid = requests.TakesFlow(Key(static (ref writer) => PutEtherType(ref writer, Unassigned)), [], RandomUfid()),
            CloneAction = requests.TakesActions(EmptyPacket, Bytes(static (ref writer) => OvsActionWriter.Clone(ref writer, []))),
            SampleNesting = SampleNesting(requests),
            CtEventMask = requests.TakesActions(UdpPacket(),
                Bytes(static (ref writer) => new OvsCtAction { EventMask = uint.MaxValue }.Write(ref writer))),
            CtClear = TakesAction(requests, OvsActionWriter.CtClear),
            MaxHashAlgorithm = TakesAction(requests,
                static (ref writer) => OvsActionWriter.Hash(ref writer, OvsActionWriter.HashSymmetricL4, 0)) ? 1 : 0,
            CheckPktLen = TakesAction(requests, static (ref writer) => new OvsCheckPktLenAction { PacketLength = 100 }.Write(ref writer)),
            CtTimeout = requests.TakesActions(UdpPacket(),
                Bytes(static (ref writer) => new OvsCtAction { Timeout = "ovs_test_tp"u8 }.Write(ref writer))),
            ExplicitDrop = TakesAction(requests, static (ref writer) => OvsActionWriter.Drop(ref writer, XlateError.None)),
            AddMpls = TakesAction(requests, static (ref writer) => OvsActionWriter.AddMpls(ref writer, 0, EtherTypes.MplsUnicast, 0)),
            Psample = TakesAction(requests, static (ref writer) => new OvsPsampleAction
            {
                Group = 10,
                Cookie = new byte[OvsPsampleAction.MaximumCookieLength],
            }.Write(ref writer)),
            CtState = TakesKey(requests, EtherTypes.Ipv4, static (ref writer) => writer.PutU32(OvsKeyAttribute.CtState, CtNew)),
            CtZone = TakesKey(requests, EtherTypes.Ipv4, static (ref writer) => writer.PutU16(OvsKeyAttribute.CtZone, 1)),
            CtMark = TakesKey(requests, EtherTypes.Ipv4, static (ref writer) => writer.PutU32(OvsKeyAttribute.CtMark, 1)),
            CtLabel = TakesKey(requests, EtherTypes.Ipv4,
                static (ref writer) => writer.Put(OvsKeyAttribute.CtLabels, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
            CtStateNat = knowsNat,
            // Each kernel with NAT has it; ovs-vswitchd does not probe it either.
            CtZeroSnat = knowsNat,
            CtOrigTuple = TakesKey(requests, EtherTypes.Ipv4,
                static (ref writer) => PutOriginalTuple(ref writer, OvsKeyAttribute.CtOrigTupleIpv4, 16, protocol: 12)),
            CtOrigTuple6 = TakesKey(requests, EtherTypes.Ipv6,
                static (ref writer) => PutOriginalTuple(ref writer, OvsKeyAttribute.CtOrigTupleIpv6, 40, protocol: 36)),
            MaxMeters = meters.MaxMeters ?? 0,
            MaxMeterBands = meters.MaxBands ?? 0,
        };
    }

    /// <summary>An Ethernet header with addresses of 0 and nothing behind it.</summary>
    private static byte[] EmptyPacket => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Unassigned >> 8, Unassigned & 0xff];

    /// <summary>From 127.255.255.255 to itself, which no connection has.</summary>
    private static byte[] UdpPacket()
    {
        byte[] packet = new byte[14 + 20 + 8];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(12), EtherTypes.Ipv4);
        Span<byte> ip = packet.AsSpan(14);
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], 28);
        ip[8] = 64;
        ip[9] = IpProtocols.Udp;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], 0x7fff_ffff);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], 0x7fff_ffff);

        // The sum of the words above, complemented: a header with a wrong checksum is no connection's.
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], 0x7ad3);
        BinaryPrimitives.WriteUInt16BigEndian(ip[24..], 8);
        return packet;
    }

    private static Ufid RandomUfid() =>
        Ufid.OfHash(new UInt128(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)),
            BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8))));

    private static bool TakesKey(ProbeRequests requests, ushort etherType, Part part) => requests.TakesFlow(
        Key((ref writer) =>
        {
            part(ref writer);
            PutEtherType(ref writer, etherType);
        }),
        []);

    private static bool TakesAction(ProbeRequests requests, Part action) =>
        requests.TakesFlow(Key(static (ref writer) => PutEtherType(ref writer, Unassigned)), Bytes(action));

    /// <summary>The last of the depths up to <paramref name="most"/> that are all taken.</summary>
    private static int Depth(int first, int most, Func<int, bool> takes)
    {
        int depth = first;
        while (depth <= most && takes(depth))
            depth++;
        return depth - 1;
    }

    /// <summary>ovs-vswitchd takes three levels for granted, and names the first depth that is refused.</summary>
    private static int SampleNesting(ProbeRequests requests)
    {
        int nesting = LeastSampleNesting;
        while (nesting < MostSampleNesting && TakesAction(requests, (ref writer) => writer.PutRaw(NestedSample(nesting))))
            nesting++;
        return nesting;
    }

    private static byte[] NestedSample(int nesting)
    {
        if (nesting == 0)
            return Bytes(static (ref writer) => OvsActionWriter.Output(ref writer, 1));
        byte[] inner = NestedSample(nesting - 1);
        return Bytes((ref writer) => new OvsSampleAction { Probability = uint.MaxValue, Actions = inner }.Write(ref writer));
    }

    private static void PutMaskedSet(ref NetlinkWriter writer)
    {
        // Not a full mask: that would be the same as a plain SET.
        Span<byte> value = stackalloc byte[12];
        Span<byte> mask = stackalloc byte[12];
        value.Fill(0x53);
        mask.Fill(0x7f);
        OvsActionWriter.SetMasked(ref writer, OvsKeyAttribute.Ethernet, value, mask);
    }

    private static void PutVlans(ref NetlinkWriter writer, int depth)
    {
        if (depth == 0)
        {
            PutEtherType(ref writer, EtherTypes.Ipv4);
            return;
        }

        writer.PutU16BigEndian(OvsKeyAttribute.EtherType, EtherTypes.Vlan);
        writer.PutU16BigEndian(OvsKeyAttribute.Vlan, 0x1001);
        int nest = writer.BeginNest(OvsKeyAttribute.Encap);
        PutVlans(ref writer, depth - 1);
        writer.EndNest(nest);
    }

    private static void PutMpls(ref NetlinkWriter writer, int depth)
    {
        const byte BottomOfStack = 1;
        writer.PutU16BigEndian(OvsKeyAttribute.EtherType, EtherTypes.MplsUnicast);
        Span<byte> labels = writer.PutReserved(OvsKeyAttribute.Mpls, sizeof(uint) * depth);
        labels[^2] = BottomOfStack;
    }

    private static void PutOriginalTuple(ref NetlinkWriter writer, ushort attribute, int length, int protocol) =>
        writer.PutReserved(attribute, length)[protocol] = 1;

    /// <summary>The EtherType, and for IP its header, without which the kernel refuses the key.</summary>
    private static void PutEtherType(ref NetlinkWriter writer, ushort etherType)
    {
        writer.PutU16BigEndian(OvsKeyAttribute.EtherType, etherType);
        if (etherType == EtherTypes.Ipv4)
            writer.PutReserved(OvsKeyAttribute.Ipv4, 12);
        else if (etherType == EtherTypes.Ipv6)
            writer.PutReserved(OvsKeyAttribute.Ipv6, 40);
    }

    private static byte[] Key(Part part) => Bytes((ref writer) =>
    {
        writer.PutReserved(OvsKeyAttribute.Ethernet, 12);
        part(ref writer);
    });

    private static byte[] Bytes(Part part)
    {
        var writer = new NetlinkWriter(stackalloc byte[1024]);
        part(ref writer);
        return writer.Written.ToArray();
    }
}
