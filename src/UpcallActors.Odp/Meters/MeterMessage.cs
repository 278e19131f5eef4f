using System.Buffers.Binary;
using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>A band of a meter. <see cref="Type"/> 1 is DROP, the only one that the kernel has.</summary>
/// <param name="Type">What to do above the rate.</param>
/// <param name="Rate">Packets/s or kbit/s.</param>
/// <param name="Burst">Packets or kbit above the rate for a moment.</param>
/// <param name="Packets">Packets that the band hit.</param>
/// <param name="Bytes">Bytes that the band hit.</param>
internal readonly record struct MeterBand(uint Type, uint Rate, uint Burst, ulong Packets, ulong Bytes);

/// <summary>An <c>ovs_meter</c> message, read or to be written. What is null is not in the message.</summary>
internal sealed record MeterMessage
{
    private const int StatsLength = 16;

    /// <summary>One of <see cref="OvsMeterCommand"/>.</summary>
    public byte Command { get; init; }

    /// <summary>The datapath's <c>dp_ifindex</c>.</summary>
    public int DatapathIfIndex { get; init; }

    /// <summary>The meter's id.</summary>
    public uint? Id { get; init; }

    /// <summary>Rates are in kbit/s, else in packets/s.</summary>
    public bool Kbps { get; init; }

    /// <summary>Packets and bytes that went through.</summary>
    public (ulong Packets, ulong Bytes)? Stats { get; init; }

    /// <summary>Bands; null when the message has none.</summary>
    public IReadOnlyList<MeterBand>? Bands { get; init; }

    /// <summary>Monotonic milliseconds of the last packet.</summary>
    public ulong? Used { get; init; }

    /// <summary>A request asks to clear the counters.</summary>
    public bool Clear { get; init; }

    /// <summary>Most meters of the datapath (FEATURES).</summary>
    public uint? MaxMeters { get; init; }

    /// <summary>Most bands of a meter (FEATURES).</summary>
    public uint? MaxBands { get; init; }

    /// <summary>Reads a message; <paramref name="parsed"/> is null unless the result is <see cref="OdpParseError.None"/>.</summary>
    public static OdpParseError TryParse(ReadOnlySpan<byte> message, out MeterMessage? parsed)
    {
        parsed = null;
        OdpParseError error = OvsHeader.TryRead(message, out _, out byte command, out int ifIndex, out ReadOnlySpan<byte> list);
        if (error != OdpParseError.None)
            return error;
        if (command is < OvsMeterCommand.Features or > OvsMeterCommand.Get)
            return OdpParseError.UnknownCommand;
        var meter = new MeterMessage { Command = command, DatapathIfIndex = ifIndex };
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(list))
        {
            if (attribute.Payload.Length < MinimumLength(attribute.Type))
                return OdpParseError.AttributeSize;
            if (attribute.Type == OvsMeterAttribute.Bands)
            {
                error = TryParseBands(attribute.Payload, out List<MeterBand> bands);
                if (error != OdpParseError.None)
                    return error;
                meter = meter with { Bands = bands };
            }

            meter = meter.With(attribute);
        }

        parsed = meter;
        return OdpParseError.None;
    }

    /// <summary>
    /// Writes the message; a request as <c>dpif_netlink_meter_set__</c> does, with rate and burst of the bands rather than their counters.
    /// </summary>
    public void Write(ref NetlinkWriter writer, ushort family, NetlinkFlags flags, uint sequence, uint portId = 0)
    {
        int start = OvsHeader.Begin(ref writer, family, flags, sequence, Command, OvsFamilyVersion.Meter, DatapathIfIndex, portId);
        if (Id is { } id)
            writer.PutU32(OvsMeterAttribute.Id, id);
        if (Kbps)
            writer.PutFlag(OvsMeterAttribute.Kbps);
        if (Stats is { } stats)
            WriteStats(OvsMeterAttribute.Stats, stats.Packets, stats.Bytes, ref writer);
        if (Used is { } used)
            writer.PutU64(OvsMeterAttribute.Used, used);
        if (Clear)
            writer.PutFlag(OvsMeterAttribute.Clear);
        if (MaxMeters is { } meters)
            writer.PutU32(OvsMeterAttribute.MaxMeters, meters);
        if (MaxBands is { } maxBands)
            writer.PutU32(OvsMeterAttribute.MaxBands, maxBands);
        if (Bands is not null)
            WriteBands(Bands, ref writer);
        writer.EndMessage(start);
    }

    private static void WriteBands(IReadOnlyList<MeterBand> bands, ref NetlinkWriter writer)
    {
        int nest = writer.BeginNest(OvsMeterAttribute.Bands);
        foreach (MeterBand band in bands)
        {
            int item = writer.BeginNest(0);
            if (band.Type != 0)
                writer.PutU32(OvsBandAttribute.Type, band.Type);
            if (band.Rate != 0)
                writer.PutU32(OvsBandAttribute.Rate, band.Rate);
            // A request needs it, were it 0.
            if (band.Type != 0 || band.Burst != 0)
                writer.PutU32(OvsBandAttribute.Burst, band.Burst);
            if ((band.Packets | band.Bytes) != 0)
                WriteStats(OvsBandAttribute.Stats, band.Packets, band.Bytes, ref writer);
            writer.EndNest(item);
        }

        writer.EndNest(nest);
    }

    private static void WriteStats(ushort type, ulong packets, ulong bytes, ref NetlinkWriter writer)
    {
        Span<byte> payload = writer.PutReserved(type, StatsLength);
        if (payload.IsEmpty)
            return;
        BinaryPrimitives.WriteUInt64LittleEndian(payload, packets);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[8..], bytes);
    }

    private static OdpParseError TryParseBands(ReadOnlySpan<byte> nested, out List<MeterBand> bands)
    {
        bands = [];
        var list = new NetlinkAttributes(nested).GetEnumerator();
        while (list.MoveNext())
        {
            OdpParseError error = TryParseBand(list.Current.Payload, out MeterBand band);
            if (error != OdpParseError.None)
                return error;
            bands.Add(band);
        }

        return list.Error == NetlinkParseError.None ? OdpParseError.None : OdpParseError.Netlink;
    }

    private static OdpParseError TryParseBand(ReadOnlySpan<byte> nested, out MeterBand band)
    {
        band = default;
        var list = new NetlinkAttributes(nested).GetEnumerator();
        while (list.MoveNext())
        {
            NetlinkAttribute attribute = list.Current;
            int minimum = attribute.Type switch
            {
                OvsBandAttribute.Type or OvsBandAttribute.Rate or OvsBandAttribute.Burst => sizeof(uint),
                OvsBandAttribute.Stats => StatsLength,
                _ => 0,
            };
            if (attribute.Payload.Length < minimum)
                return OdpParseError.AttributeSize;
            band = attribute.Type switch
            {
                OvsBandAttribute.Type => band with { Type = attribute.U32 },
                OvsBandAttribute.Rate => band with { Rate = attribute.U32 },
                OvsBandAttribute.Burst => band with { Burst = attribute.U32 },
                OvsBandAttribute.Stats =>
                    band with { Packets = attribute.U64, Bytes = BinaryPrimitives.ReadUInt64LittleEndian(attribute.Payload[8..]) },
                _ => band,
            };
        }

        return list.Error == NetlinkParseError.None ? OdpParseError.None : OdpParseError.Netlink;
    }

    private static int MinimumLength(ushort type) => type switch
    {
        OvsMeterAttribute.Id or OvsMeterAttribute.MaxMeters or OvsMeterAttribute.MaxBands => sizeof(uint),
        OvsMeterAttribute.Used => sizeof(ulong),
        OvsMeterAttribute.Stats => StatsLength,
        _ => 0,
    };

    private MeterMessage With(NetlinkAttribute attribute) => attribute.Type switch
    {
        OvsMeterAttribute.Id => this with { Id = attribute.U32 },
        OvsMeterAttribute.Kbps => this with { Kbps = true },
        OvsMeterAttribute.Stats => this with { Stats = (attribute.U64, BinaryPrimitives.ReadUInt64LittleEndian(attribute.Payload[8..])) },
        OvsMeterAttribute.Used => this with { Used = attribute.U64 },
        OvsMeterAttribute.Clear => this with { Clear = true },
        OvsMeterAttribute.MaxMeters => this with { MaxMeters = attribute.U32 },
        OvsMeterAttribute.MaxBands => this with { MaxBands = attribute.U32 },
        _ => this,
    };
}
