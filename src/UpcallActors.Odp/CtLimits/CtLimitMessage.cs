using System.Buffers.Binary;
using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>How many connections a zone may have and has; zone −1 is the default of all others (<c>struct ovs_zone_limit</c>).</summary>
internal readonly record struct CtZoneLimit(int Zone, uint Limit, uint Count)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Length = 12;
}

/// <summary>An <c>ovs_ct_limit</c> message, read or to be written.</summary>
internal sealed record CtLimitMessage
{
    /// <summary>One of <see cref="OvsCtLimitCommand"/>.</summary>
    public byte Command { get; init; }

    /// <summary>The <c>dp_ifindex</c>; the limits belong to the network namespace, and ovs-vswitchd sends 0.</summary>
    public int DatapathIfIndex { get; init; }

    /// <summary>The limits; null when the message has no ZONE_LIMIT, which asks a GET for all zones.</summary>
    public IReadOnlyList<CtZoneLimit>? Limits { get; init; }

    /// <summary>Reads a message; <paramref name="parsed"/> is null unless the result is <see cref="OdpParseError.None"/>.</summary>
    public static OdpParseError TryParse(ReadOnlySpan<byte> message, out CtLimitMessage? parsed)
    {
        parsed = null;
        OdpParseError error = OvsHeader.TryRead(message, out _, out byte command, out int ifIndex, out ReadOnlySpan<byte> list);
        if (error != OdpParseError.None)
            return error;
        if (command is < OvsCtLimitCommand.Set or > OvsCtLimitCommand.Get)
            return OdpParseError.UnknownCommand;
        List<CtZoneLimit>? limits = null;
        if (new NetlinkAttributes(list).TryFindLast(OvsCtLimitAttribute.ZoneLimit, out NetlinkAttribute array))
        {
            if (array.Payload.Length % CtZoneLimit.Length != 0)
                return OdpParseError.AttributeSize;
            limits = [];
            for (ReadOnlySpan<byte> left = array.Payload; !left.IsEmpty; left = left[CtZoneLimit.Length..])
                limits.Add(new CtZoneLimit(BinaryPrimitives.ReadInt32LittleEndian(left), BinaryPrimitives.ReadUInt32LittleEndian(left[4..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(left[8..])));
        }

        parsed = new CtLimitMessage { Command = command, DatapathIfIndex = ifIndex, Limits = limits };
        return OdpParseError.None;
    }

    /// <summary>Writes the message.</summary>
    public void Write(ref NetlinkWriter writer, ushort family, NetlinkFlags flags, uint sequence, uint portId = 0)
    {
        int start = OvsHeader.Begin(ref writer, family, flags, sequence, Command, OvsFamilyVersion.CtLimit, DatapathIfIndex, portId);
        if (Limits is not null)
        {
            Span<byte> payload = writer.PutReserved(OvsCtLimitAttribute.ZoneLimit, CtZoneLimit.Length * Limits.Count);
            for (int index = 0; index < Limits.Count && !payload.IsEmpty; index++, payload = payload[CtZoneLimit.Length..])
            {
                BinaryPrimitives.WriteInt32LittleEndian(payload, Limits[index].Zone);
                BinaryPrimitives.WriteUInt32LittleEndian(payload[4..], Limits[index].Limit);
                BinaryPrimitives.WriteUInt32LittleEndian(payload[8..], Limits[index].Count);
            }
        }

        writer.EndMessage(start);
    }
}
