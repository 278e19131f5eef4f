using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Odp;

/// <summary>
/// A ct action: send the packet through the connection tracker. Borrows the names' bytes from the message. Labels are
/// numbers as in <see cref="FlowKey.CtLabels"/>.
/// </summary>
internal readonly ref struct OvsCtAction
{
    /// <summary>Keep the connection (COMMIT or FORCE_COMMIT).</summary>
    public bool Commit { get; init; }

    /// <summary>Take over a connection that began in the other direction.</summary>
    public bool Force { get; init; }

    /// <summary>The zone; null where the wire has none, which means 0.</summary>
    public ushort? Zone { get; init; }

    /// <summary>Bits to set in the connection's mark.</summary>
    public uint MarkValue { get; init; }

    /// <summary>Which bits of the mark; 0 is no MARK.</summary>
    public uint MarkMask { get; init; }

    /// <summary>Bits to set in the connection's label.</summary>
    public UInt128 LabelsValue { get; init; }

    /// <summary>Which bits of the label; 0 is no LABELS.</summary>
    public UInt128 LabelsMask { get; init; }

    /// <summary>The helper's name, without NUL; empty for none.</summary>
    public ReadOnlySpan<byte> Helper { get; init; }

    /// <summary>The timeout policy's name, without NUL; empty for none.</summary>
    public ReadOnlySpan<byte> Timeout { get; init; }

    /// <summary>Which events to report to listeners of conntrack, one bit for each; null for all.</summary>
    public uint? EventMask { get; init; }

    /// <summary>Address translation, null for none.</summary>
    public OvsNatAction? Nat { get; init; }

    /// <summary>Reads the payload of <c>OVS_ACTION_ATTR_CT</c>.</summary>
    public static OdpParseError TryParse(ReadOnlySpan<byte> nested, out OvsCtAction action)
    {
        action = default;
        bool commit = false;
        bool force = false;
        ushort? zone = null;
        ReadOnlySpan<byte> mark = default;
        ReadOnlySpan<byte> labels = default;
        ReadOnlySpan<byte> helper = default;
        ReadOnlySpan<byte> timeout = default;
        uint? eventMask = null;
        OvsNatAction? nat = null;
        var list = new NetlinkAttributes(nested).GetEnumerator();
        while (list.MoveNext())
        {
            NetlinkAttribute attribute = list.Current;
            int expected = FixedLength(attribute.Type);
            if (expected >= 0 && attribute.Payload.Length != expected)
                return OdpParseError.AttributeSize;
            switch (attribute.Type)
            {
                case OvsCtAttribute.Commit:
                    commit = true;
                    break;
                case OvsCtAttribute.ForceCommit:
                    commit = true;
                    force = true;
                    break;
                case OvsCtAttribute.Zone:
                    zone = attribute.U16;
                    break;
                case OvsCtAttribute.Mark:
                    mark = attribute.Payload;
                    break;
                case OvsCtAttribute.Labels:
                    labels = attribute.Payload;
                    break;
                case OvsCtAttribute.Helper:
                    helper = attribute.Payload.TrimEnd((byte)0);
                    break;
                case OvsCtAttribute.Timeout:
                    timeout = attribute.Payload.TrimEnd((byte)0);
                    break;
                case OvsCtAttribute.EventMask:
                    eventMask = attribute.U32;
                    break;
                case OvsCtAttribute.Nat:
                    OdpParseError error = OvsNatAction.TryParse(attribute.Payload, out OvsNatAction parsed);
                    if (error != OdpParseError.None)
                        return error;
                    nat = parsed;
                    break;
                default:
                    break;
            }
        }

        if (list.Error != NetlinkParseError.None)
            return OdpParseError.Netlink;
        action = new OvsCtAction
        {
            Commit = commit,
            Force = force,
            Zone = zone,
            MarkValue = mark.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(mark),
            MarkMask = mark.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(mark[4..]),
            LabelsValue = labels.IsEmpty ? UInt128.Zero : BinaryPrimitives.ReadUInt128LittleEndian(labels),
            LabelsMask = labels.IsEmpty ? UInt128.Zero : BinaryPrimitives.ReadUInt128LittleEndian(labels[16..]),
            Helper = helper,
            Timeout = timeout,
            EventMask = eventMask,
            Nat = nat,
        };
        return OdpParseError.None;
    }

    /// <summary>Writes the action as ovs-vswitchd composes it (<c>compose_conntrack_action</c>): EVENTMASK directly after COMMIT.</summary>
    public void Write(ref NetlinkWriter writer)
    {
        int nest = writer.BeginNest(OvsActionAttribute.Ct);
        WriteCommit(ref writer);
        if (EventMask is { } events)
            writer.PutU32(OvsCtAttribute.EventMask, events);
        WriteUpToHelper(ref writer);
        if (!Timeout.IsEmpty)
            PutName(OvsCtAttribute.Timeout, Timeout, ref writer);
        if (Nat is { } nat)
            nat.Write(ref writer);
        writer.EndNest(nest);
    }

    /// <summary>Writes the action as the kernel reports it (<c>ovs_ct_action_to_attr</c>): EVENTMASK after HELPER.</summary>
    public void WriteAsKernel(ref NetlinkWriter writer)
    {
        int nest = writer.BeginNest(OvsActionAttribute.Ct);
        WriteCommit(ref writer);
        WriteUpToHelper(ref writer);
        if (EventMask is { } events)
            writer.PutU32(OvsCtAttribute.EventMask, events);
        if (!Timeout.IsEmpty)
            PutName(OvsCtAttribute.Timeout, Timeout, ref writer);
        if (Nat is { } nat)
            nat.WriteAsKernel(ref writer);
        writer.EndNest(nest);
    }

    private static int FixedLength(ushort type) => type switch
    {
        OvsCtAttribute.Zone => 2,
        OvsCtAttribute.Mark => 8,
        OvsCtAttribute.Labels => 32,
        OvsCtAttribute.EventMask => 4,
        _ => -1,
    };

    private static void PutName(ushort type, ReadOnlySpan<byte> name, ref NetlinkWriter writer)
    {
        Span<byte> payload = writer.PutReserved(type, name.Length + 1);
        if (!payload.IsEmpty)
            name.CopyTo(payload);
    }

    private void WriteCommit(ref NetlinkWriter writer)
    {
        if (Commit || Force)
            writer.PutFlag(Force ? OvsCtAttribute.ForceCommit : OvsCtAttribute.Commit);
    }

    private void WriteUpToHelper(ref NetlinkWriter writer)
    {
        if (Zone is { } zone)
            writer.PutU16(OvsCtAttribute.Zone, zone);
        if (MarkMask != 0)
        {
            Span<byte> payload = writer.PutReserved(OvsCtAttribute.Mark, 8);
            if (!payload.IsEmpty)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(payload, MarkValue);
                BinaryPrimitives.WriteUInt32LittleEndian(payload[4..], MarkMask);
            }
        }

        if (LabelsMask != UInt128.Zero)
        {
            Span<byte> payload = writer.PutReserved(OvsCtAttribute.Labels, 32);
            if (!payload.IsEmpty)
            {
                BinaryPrimitives.WriteUInt128LittleEndian(payload, LabelsValue);
                BinaryPrimitives.WriteUInt128LittleEndian(payload[16..], LabelsMask);
            }
        }

        if (!Helper.IsEmpty)
            PutName(OvsCtAttribute.Helper, Helper, ref writer);
    }
}
