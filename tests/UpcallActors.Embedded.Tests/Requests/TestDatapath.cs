using UpcallActors.Embedded.Tests.Replays;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Requests;

/// <summary>A datapath with ports 1 (a), 2 (b) and 3 (c) that keep what they put out, and a channel to it.</summary>
public sealed class TestDatapath : IDisposable
{
    public const uint PortA = 1;
    public const uint PortB = 2;
    public const uint PortC = 3;

    private readonly MessageSlots _slots = new(64);
    private readonly IUpcallSource[] _sources;

    public TestDatapath(EmbeddedDatapathOptions? options = null, int mtu = EmbeddedPort.DefaultMtu)
    {
        Datapath = new EmbeddedDatapath(options ?? new EmbeddedDatapathOptions { Clock = DatapathClock.Settable(), RandomSeed = 1 });
        Datapath.AddPort(new EmbeddedPort(PortA, "a", mtu: mtu, output: A));
        Datapath.AddPort(new EmbeddedPort(PortB, "b", mtu: mtu, output: B));
        Datapath.AddPort(new EmbeddedPort(PortC, "c", mtu: mtu, output: C));
        Requests = new RequestSender(Datapath);
        _sources = [.. Enumerable.Range(0, Datapath.HandlerCount).Select(Datapath.OpenUpcalls)];
    }

    public EmbeddedDatapath Datapath { get; }

    public RequestSender Requests { get; }

    public PortRecorder A { get; } = new();

    public PortRecorder B { get; } = new();

    public PortRecorder C { get; } = new();

    public DatapathCounters Counters => Datapath.Counters;

    public IUpcallSource Source(int handler) => _sources[handler];

    /// <summary>All upcalls that wait for a handler.</summary>
    public List<byte[]> Upcalls(int handler = 0)
    {
        var upcalls = new List<byte[]>();
        int received;
        while ((received = _sources[handler].Receive(_slots, 0, _slots.Count)) > 0)
        {
            for (int slot = 0; slot < received; slot++)
                upcalls.Add(_slots.Message(slot).ToArray());
        }

        return upcalls;
    }

    /// <summary>Key attributes of a frame from a port.</summary>
    public static byte[] Key(ReadOnlySpan<byte> frame, uint port = PortA, uint recircId = 0)
    {
        var key = new FlowKey { DatapathPort = port, RecircId = recircId };
        KeyExtraction.TryExtract(frame, ref key, out _).ShouldBeTrue();
        return Attributes.Build((ref NetlinkWriter writer) => OvsFlowKeyWriter.WriteKey(key, ref writer));
    }

    /// <summary>A mask that matches on recirculation id and input port, and on the EtherType.</summary>
    public static byte[] PortMask() => Attributes.Build((ref NetlinkWriter writer) =>
    {
        writer.PutU32(OvsKeyAttribute.RecircId, uint.MaxValue);
        writer.PutU32(OvsKeyAttribute.InPort, uint.MaxValue);
        writer.PutU16(OvsKeyAttribute.EtherType, ushort.MaxValue);
    });

    /// <summary>Attributes of a flow request.</summary>
    public static byte[] Flow(byte[] key, byte[]? mask, byte[]? actions,
        UInt128? ufid = null) => Attributes.Build((ref NetlinkWriter writer) =>
    {
        if (ufid is { } id)
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(writer.PutReserved(OvsFlowAttribute.Ufid, 16), id);
        if (key.Length > 0)
            writer.Put(OvsFlowAttribute.Key, key);
        if (mask is not null)
            writer.Put(OvsFlowAttribute.Mask, mask);
        if (actions is not null)
            writer.Put(OvsFlowAttribute.Actions, actions);
    });

    public int FlowRequest(byte command, byte[] attributes, NetlinkFlags flags = NetlinkFlags.None) =>
        Requests.Request(Datapath.Families.Flow, command, flags, attributes, out _);

    /// <summary>Puts a flow for the frames of a port and EtherType, of a recirculation id.</summary>
    public void PutFlow(byte[] frame, byte[] actions, uint port = PortA, uint recircId = 0) =>
        FlowRequest(OvsCommand.New, Flow(Key(frame, port, recircId), PortMask(), actions), NetlinkFlags.Create).ShouldBe(0);

    /// <summary>Executes actions on a frame and returns the errno.</summary>
    public int Execute(byte[] frame, byte[] actions, ushort mru = 0, uint port = PortA, bool probe = false)
    {
        byte[] attributes = Attributes.Build((ref NetlinkWriter writer) =>
        {
            writer.Put(OvsPacketAttribute.Packet, frame);
            int nest = writer.BeginNest(OvsPacketAttribute.Key);
            OvsFlowKeyWriter.WriteExecuteKey(new FlowKey { DatapathPort = port }, ref writer);
            writer.EndNest(nest);
            writer.Put(OvsPacketAttribute.Actions, actions);
            if (mru != 0)
                writer.PutU16(OvsPacketAttribute.Mru, mru);
            if (probe)
                writer.PutFlag(OvsPacketAttribute.Probe);
        });
        return Requests.Request(Datapath.Families.Packet, (byte)PacketCommand.Execute, attributes);
    }

    public void Dispose()
    {
        Requests.Dispose();
        _slots.Dispose();
        Datapath.Dispose();
    }
}
