using System.Buffers.Binary;
using System.Net;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Conntrack;

/// <summary>A NAT clause of a ct action; without a side it is a bare <c>nat</c>.</summary>
internal sealed record Nat(bool? Source = null, string? Min = null, string? Max = null, ushort? MinPort = null, ushort? MaxPort = null,
    bool Random = false, bool Persistent = false);

/// <summary>What a ct action left behind.</summary>
internal sealed record Tracked(ConntrackVerdict Verdict, FlowKey Key, byte[] Frame)
{
    public CtState State => Key.CtState;
}

/// <summary>A tracker, a clock, and ct actions as a flow would carry them.</summary>
internal sealed class CtSession
{
    public ConnectionTracker Tracker { get; init; } = new(maxConnections: 1024);

    public long Now { get; set; } = 1_000_000;

    public Tracked Send(
        byte[] frame, ushort zone = 0, bool commit = false, bool force = false,
        (uint Value, uint Mask)? mark = null, (UInt128 Value, UInt128 Mask)? labels = null, Nat? nat = null, FlowKey key = default)
    {
        byte[] copy = [.. frame];
        ushort type = Frames.EtherTypeOf(frame);
        ConntrackParameters.TryParse(Attributes(zone, commit, force, mark, labels, nat), type, out ConntrackParameters parameters)
            .ShouldBe(ConntrackParseError.None);
        key.EthType = type;
        ConntrackVerdict verdict = Tracker.Execute(copy, Frames.NetworkOffset, in parameters, Now, ref key);
        return new Tracked(verdict, key, copy);
    }

    /// <summary>Sends with commit.</summary>
    public Tracked Commit(byte[] frame, ushort zone = 0, Nat? nat = null) => Send(frame, zone, commit: true, nat: nat);

    public IReadOnlyList<ConnectionInfo> Connections()
    {
        List<ConnectionInfo> all = [];
        int cursor = 0;
        while (Tracker.TryGetNext(ref cursor, Now, out ConnectionInfo info))
            all.Add(info);
        return all;
    }

    public static byte[] Attributes(
        ushort zone = 0, bool commit = false, bool force = false,
        (uint Value, uint Mask)? mark = null, (UInt128 Value, UInt128 Mask)? labels = null, Nat? nat = null)
    {
        var writer = new NetlinkWriter(new byte[512]);
        if (commit)
            writer.PutFlag(OvsCtAttribute.Commit);
        if (force)
            writer.PutFlag(OvsCtAttribute.ForceCommit);
        writer.PutU16(OvsCtAttribute.Zone, zone);
        if (mark is { } m)
        {
            Span<byte> payload = writer.PutReserved(OvsCtAttribute.Mark, 8);
            BinaryPrimitives.WriteUInt32LittleEndian(payload, m.Value);
            BinaryPrimitives.WriteUInt32LittleEndian(payload[4..], m.Mask);
        }

        if (labels is { } l)
        {
            Span<byte> payload = writer.PutReserved(OvsCtAttribute.Labels, 32);
            BinaryPrimitives.WriteUInt128LittleEndian(payload, l.Value);
            BinaryPrimitives.WriteUInt128LittleEndian(payload[16..], l.Mask);
        }

        if (nat is not null)
            PutNat(ref writer, nat);
        writer.Overflowed.ShouldBeFalse();
        return writer.Written.ToArray();
    }

    private static void PutNat(ref NetlinkWriter writer, Nat nat)
    {
        int start = writer.BeginNest(OvsCtAttribute.Nat);
        if (nat.Source is { } source)
            writer.PutFlag(source ? OvsNatAttribute.Src : OvsNatAttribute.Dst);
        if (nat.Min is not null)
            writer.Put(OvsNatAttribute.IpMin, IPAddress.Parse(nat.Min).GetAddressBytes());
        if (nat.Max is not null)
            writer.Put(OvsNatAttribute.IpMax, IPAddress.Parse(nat.Max).GetAddressBytes());
        if (nat.MinPort is { } min)
            writer.PutU16(OvsNatAttribute.ProtoMin, min);
        if (nat.MaxPort is { } max)
            writer.PutU16(OvsNatAttribute.ProtoMax, max);
        if (nat.Persistent)
            writer.PutFlag(OvsNatAttribute.Persistent);
        if (nat.Random)
            writer.PutFlag(OvsNatAttribute.ProtoRandom);
        writer.EndNest(start);
    }
}
