using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Odp;

/// <summary>
/// Writes the plain datapath actions; those with arguments write themselves (<see cref="OvsCtAction"/> and so on).
/// </summary>
public static class OvsActionWriter
{
    internal const ushort DecTtlActions = 1;

    /// <summary>The hash algorithm that the kernel has: over L4.</summary>
    public const uint HashL4 = 0;

    /// <summary>A hash that is the same in both directions; userspace datapath only.</summary>
    public const uint HashSymmetricL4 = 1;

    /// <summary>Send to a port.</summary>
    public static void Output(ref NetlinkWriter writer, uint port) => writer.PutU32(OvsActionAttribute.Output, port);

    /// <summary>Look up again under another recirculation id.</summary>
    public static void Recirc(ref NetlinkWriter writer, uint id) => writer.PutU32(OvsActionAttribute.Recirc, id);

    /// <summary>Compute the datapath hash.</summary>
    public static void Hash(ref NetlinkWriter writer, uint algorithm, uint basis)
    {
        Span<byte> payload = writer.PutReserved(OvsActionAttribute.Hash, 8);
        if (payload.IsEmpty)
            return;
        BinaryPrimitives.WriteUInt32LittleEndian(payload, algorithm);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[4..], basis);
    }

    /// <summary>Push a VLAN tag; bit 12 of the TCI must be set.</summary>
    public static void PushVlan(ref NetlinkWriter writer, ushort tpid, ushort tci)
    {
        Span<byte> payload = writer.PutReserved(OvsActionAttribute.PushVlan, 4);
        if (payload.IsEmpty)
            return;
        BinaryPrimitives.WriteUInt16BigEndian(payload, tpid);
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], tci);
    }

    /// <summary>Pop the outer VLAN tag.</summary>
    public static void PopVlan(ref NetlinkWriter writer) => writer.PutFlag(OvsActionAttribute.PopVlan);

    /// <summary>Push an MPLS label behind the Ethernet header.</summary>
    public static void PushMpls(ref NetlinkWriter writer, uint labelStackEntry, ushort etherType)
    {
        Span<byte> payload = writer.PutReserved(OvsActionAttribute.PushMpls, 8);
        if (payload.IsEmpty)
            return;
        BinaryPrimitives.WriteUInt32BigEndian(payload, labelStackEntry);
        BinaryPrimitives.WriteUInt16BigEndian(payload[4..], etherType);
    }

    /// <summary>Push an MPLS label in front of the packet, or behind its Ethernet header (flag 1).</summary>
    public static void AddMpls(ref NetlinkWriter writer, uint labelStackEntry, ushort etherType, ushort flags)
    {
        Span<byte> payload = writer.PutReserved(OvsActionAttribute.AddMpls, 8);
        if (payload.IsEmpty)
            return;
        BinaryPrimitives.WriteUInt32BigEndian(payload, labelStackEntry);
        BinaryPrimitives.WriteUInt16BigEndian(payload[4..], etherType);
        BinaryPrimitives.WriteUInt16LittleEndian(payload[6..], flags);
    }

    /// <summary>Pop the outer MPLS label.</summary>
    public static void PopMpls(ref NetlinkWriter writer, ushort etherType) => writer.PutU16BigEndian(OvsActionAttribute.PopMpls, etherType);

    /// <summary>Cut the packet at its next output.</summary>
    public static void Trunc(ref NetlinkWriter writer, uint maximumLength) => writer.PutU32(OvsActionAttribute.Trunc, maximumLength);

    /// <summary>Push an Ethernet header; addresses in the low 48 bits.</summary>
    public static void PushEth(ref NetlinkWriter writer, ulong source, ulong destination)
    {
        Span<byte> payload = writer.PutReserved(OvsActionAttribute.PushEth, 12);
        if (payload.IsEmpty)
            return;
        OvsHeaderKeyWriter.WriteMac(payload, source);
        OvsHeaderKeyWriter.WriteMac(payload[6..], destination);
    }

    /// <summary>Pop the Ethernet header.</summary>
    public static void PopEth(ref NetlinkWriter writer) => writer.PutFlag(OvsActionAttribute.PopEth);

    /// <summary>Forget the connection.</summary>
    public static void CtClear(ref NetlinkWriter writer) => writer.PutFlag(OvsActionAttribute.CtClear);

    /// <summary>Pop the network service header.</summary>
    public static void PopNsh(ref NetlinkWriter writer) => writer.PutFlag(OvsActionAttribute.PopNsh);

    /// <summary>Pass through a meter.</summary>
    public static void Meter(ref NetlinkWriter writer, uint id) => writer.PutU32(OvsActionAttribute.Meter, id);

    /// <summary>Drop, saying why.</summary>
    public static void Drop(ref NetlinkWriter writer, XlateError reason) => writer.PutU32(OvsActionAttribute.Drop, (uint)reason);

    /// <summary>Actions on a copy of the packet.</summary>
    public static void Clone(ref NetlinkWriter writer, scoped ReadOnlySpan<byte> actions) => writer.Put(OvsActionAttribute.Clone, actions);

    /// <summary>Decrement the TTL; actions for a packet whose TTL has expired.</summary>
    public static void DecTtl(ref NetlinkWriter writer, scoped ReadOnlySpan<byte> ifExpired)
    {
        int nest = writer.BeginNest(OvsActionAttribute.DecTtl);
        writer.Put(DecTtlActions, ifExpired);
        writer.EndNest(nest);
    }

    /// <summary>Set one key attribute to a value.</summary>
    public static void Set(ref NetlinkWriter writer, ushort keyAttribute, scoped ReadOnlySpan<byte> value)
    {
        int nest = writer.BeginNest(OvsActionAttribute.Set);
        writer.Put(keyAttribute, value);
        writer.EndNest(nest);
    }

    /// <summary>Set the tunnel key for the outputs that follow, from the tunnel fields of <paramref name="key"/>.</summary>
    public static void SetTunnel(ref NetlinkWriter writer, in FlowKey key)
    {
        int nest = writer.BeginNest(OvsActionAttribute.Set);
        OvsFlowKeyWriter.WriteTunnel(key, ref writer);
        writer.EndNest(nest);
    }

    /// <summary>Set some bits of one key attribute; value and mask are equally long.</summary>
    public static void SetMasked(ref NetlinkWriter writer, ushort keyAttribute, scoped ReadOnlySpan<byte> value,
        scoped ReadOnlySpan<byte> mask)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(mask.Length, value.Length);
        int nest = writer.BeginNest(OvsActionAttribute.SetMasked);
        Span<byte> payload = writer.PutReserved(keyAttribute, 2 * value.Length);
        if (!payload.IsEmpty)
        {
            value.CopyTo(payload);
            mask.CopyTo(payload[value.Length..]);
        }

        writer.EndNest(nest);
    }
}
