using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>What a meter does with packets over a rate (<c>ofp13_meter_band_*</c>).</summary>
/// <param name="Type">1 drops, 2 raises the drop precedence.</param>
/// <param name="Rate">Kilobits or packets a second.</param>
/// <param name="Burst">Kilobits or packets at once.</param>
/// <param name="PrecedenceLevel">By how much the drop precedence is raised.</param>
internal readonly record struct OpenFlowMeterBand(ushort Type, uint Rate, uint Burst, byte PrecedenceLevel)
{
    private const ushort Length = 16;
    private const ushort Drop = 1;
    private const ushort DscpRemark = 2;

    /// <summary>Reads bands to the end.</summary>
    public static OpenFlowError? DecodeAll(ref WireReader body, out ImmutableArray<OpenFlowMeterBand> bands)
    {
        ImmutableArray<OpenFlowMeterBand>.Builder read = ImmutableArray.CreateBuilder<OpenFlowMeterBand>();
        bands = [];
        while (body.Left > 0)
        {
            ushort type = body.U16();
            int length = body.U16();
            uint rate = body.U32();
            uint burst = body.U32();
            byte precedence = body.U8();
            body.Skip(3);
            if (body.Failed || length != Length)
                return BadRequest.BadLength;
            if (type is not (Drop or DscpRemark))
                return MeterModFailed.BadBand;
            read.Add(new OpenFlowMeterBand(type, rate, burst, type == DscpRemark ? precedence : (byte)0));
        }

        bands = read.ToImmutable();
        return null;
    }

    public static void EncodeAll(ImmutableArray<OpenFlowMeterBand> bands, WireWriter writer)
    {
        foreach (OpenFlowMeterBand band in bands)
        {
            writer.U16(band.Type);
            writer.U16(Length);
            writer.U32(band.Rate);
            writer.U32(band.Burst);
            writer.U8(band.PrecedenceLevel);
            writer.Zero(3);
        }
    }
}

/// <summary>Adds, changes or deletes a meter (<c>OFPT_METER_MOD</c>).</summary>
/// <param name="Command">0 adds, 1 changes, 2 deletes.</param>
/// <param name="Flags"><c>OFPMF_*</c>.</param>
/// <param name="Id">Its number.</param>
/// <param name="Bands">What it does.</param>
internal sealed record MeterModMessage(ushort Command, ushort Flags, uint Id, ImmutableArray<OpenFlowMeterBand> Bands)
    : OpenFlowMessage, IWireDecoder<MeterModMessage>
{
    private const ushort Delete = 2;
    private const ushort KilobitsAndPackets = 3;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out MeterModMessage? message)
    {
        message = null;
        ushort command = body.U16();
        ushort flags = body.U16();
        uint id = body.U32();
        if (command > Delete)
            return MeterModFailed.BadCommand;
        if (command == Delete)
        {
            body.TakeRest();
            message = new MeterModMessage(command, 0, id, []);
            return null;
        }

        if ((flags & KilobitsAndPackets) == KilobitsAndPackets)
            return MeterModFailed.BadFlags;
        if (OpenFlowMeterBand.DecodeAll(ref body, out ImmutableArray<OpenFlowMeterBand> bands) is { } error)
            return error;
        message = new MeterModMessage(command, flags, id, bands);
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.U16(Command);
        writer.U16(Flags);
        writer.U32(Id);
        OpenFlowMeterBand.EncodeAll(Bands, writer);
    }
}

/// <summary>A meter as it is (<c>OFPMP_METER_CONFIG</c>).</summary>
internal sealed record MeterConfig(ushort Flags, uint Id, ImmutableArray<OpenFlowMeterBand> Bands) : IWireDecoder<MeterConfig>, IWireEntry
{
    private const int FixedLength = 8;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out MeterConfig? message)
    {
        message = null;
        int length = body.U16();
        ushort flags = body.U16();
        uint id = body.U32();
        if (length < FixedLength)
            return BadRequest.BadLength;
        var bands = new WireReader(body.Take(length - FixedLength));
        if (OpenFlowMeterBand.DecodeAll(ref bands, out ImmutableArray<OpenFlowMeterBand> read) is { } error)
            return error;
        message = new MeterConfig(flags, id, read);
        return null;
    }

    public void Encode(in WireContext context, WireWriter writer)
    {
        int start = writer.Length;
        writer.U16(0);
        writer.U16(Flags);
        writer.U32(Id);
        OpenFlowMeterBand.EncodeAll(Bands, writer);
        writer.PatchLength(start, start);
    }
}

/// <summary>What a band of a meter counted.</summary>
internal readonly record struct MeterBandCounters(ulong Packets, ulong Bytes);

/// <summary>What a meter counted (<c>OFPMP_METER</c>).</summary>
internal sealed record MeterStatistics(
    uint Id,
    uint Flows,
    ulong Packets,
    ulong Bytes,
    uint DurationSeconds,
    uint DurationNanoseconds,
    ImmutableArray<MeterBandCounters> Bands)
    : IWireDecoder<MeterStatistics>, IWireEntry
{
    private const int FixedLength = 40;
    private const int BandLength = 16;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out MeterStatistics? message)
    {
        message = null;
        uint id = body.U32();
        int length = body.U16();
        body.Skip(6);
        uint flows = body.U32();
        ulong packets = body.U64();
        ulong bytes = body.U64();
        uint seconds = body.U32();
        uint nanoseconds = body.U32();
        if (length < FixedLength || (length - FixedLength) % BandLength != 0)
            return BadRequest.BadLength;
        var rest = new WireReader(body.Take(length - FixedLength));
        ImmutableArray<MeterBandCounters>.Builder bands = ImmutableArray.CreateBuilder<MeterBandCounters>();
        while (rest.Left > 0)
            bands.Add(new MeterBandCounters(rest.U64(), rest.U64()));
        message = new MeterStatistics(id, flows, packets, bytes, seconds, nanoseconds, bands.ToImmutable());
        return null;
    }

    public void Encode(in WireContext context, WireWriter writer)
    {
        writer.U32(Id);
        writer.U16((ushort)(FixedLength + (Bands.Length * BandLength)));
        writer.Zero(6);
        writer.U32(Flows);
        writer.U64(Packets);
        writer.U64(Bytes);
        writer.U32(DurationSeconds);
        writer.U32(DurationNanoseconds);
        foreach (MeterBandCounters band in Bands)
        {
            writer.U64(band.Packets);
            writer.U64(band.Bytes);
        }
    }
}

/// <summary>What meters a switch can have (<c>OFPMP_METER_FEATURES</c>).</summary>
internal sealed record MeterFeaturesMessage(uint MaximumMeters, uint BandTypes, uint Capabilities, byte MaximumBands, byte MaximumColors)
    : OpenFlowMessage, IWireDecoder<MeterFeaturesMessage>
{
    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out MeterFeaturesMessage? message)
    {
        message = new MeterFeaturesMessage(body.U32(), body.U32(), body.U32(), body.U8(), body.U8());
        body.Skip(2);
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.U32(MaximumMeters);
        writer.U32(BandTypes);
        writer.U32(Capabilities);
        writer.U8(MaximumBands);
        writer.U8(MaximumColors);
        writer.Zero(2);
    }
}
