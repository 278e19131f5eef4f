using System.Collections.Immutable;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// Makes changes of a bridge's meters, in the datapath and in the bridge (<c>handle_meter_mod</c>). One thread, that of the datapath's
/// meters.
/// </summary>
internal sealed class MeterChanges(Lazy<DatapathMeters> datapath, FlowTables tables)
{
    /// <summary>All meters, where they are deleted or asked for (<c>OFPM_ALL</c>).</summary>
    public const uint AllMeters = 0xffffffff;

    private const ushort Add = 0;
    private const ushort Delete = 2;
    private const ushort DropBand = 1;
    private const ushort Kilobits = 1;
    private const ushort HasBurst = 4;

    /// <summary>How many meters there can be, and how many bands one can have.</summary>
    public (uint Meters, uint Bands) Limits => (Datapath.Maximum, Datapath.MaximumBands);

    private DatapathMeters Datapath => datapath.Value;

    /// <summary>Makes a change; why it was refused, if so.</summary>
    public OpenFlowError? Make(MeterModMessage change, ChangeOrigin origin)
    {
        if (change.Command == Delete)
        {
            DeleteAll(change.Id, origin);
            return null;
        }

        if (Datapath.Maximum == 0 || change.Id is 0 or (> MeterAction.Maximum and not (BridgeMeters.Slowpath or BridgeMeters.Controller)))
            return MeterModFailed.InvalidMeter;
        if (change.Bands.IsEmpty || change.Bands.Length > Datapath.MaximumBands)
            return MeterModFailed.OutOfBands;
        Meter? before = tables.Meters.Find(change.Id);
        if (before is null != (change.Command == Add))
            return before is null ? MeterModFailed.UnknownMeter : MeterModFailed.MeterExists;
        foreach (OpenFlowMeterBand band in change.Bands)
        {
            if (band.Type != DropBand)
                return MeterModFailed.BadBand;
            if (band.Rate == 0)
                return MeterModFailed.BadRate;
        }

        return Put(change, before, origin);
    }

    /// <summary>What a meter has counted, and how many flows name it; zeros if the datapath does not tell.</summary>
    public MeterStatistics StatisticsOf(Meter meter)
    {
        MeterMessage? counted = Datapath.Get(meter.DatapathId);
        TimeSpan duration = tables.Time - meter.Created;
        return new MeterStatistics(
            meter.Id,
            (uint)tables.CountUsers(meter),
            counted?.Stats?.Packets ?? 0,
            counted?.Stats?.Bytes ?? 0,
            (uint)duration.TotalSeconds,
            (uint)(duration.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick),
            [
                .. meter.Bands.Select((_, i) => counted?.Bands is { } bands && i < bands.Count
                    ? new MeterBandCounters(bands[i].Packets, bands[i].Bytes)
                    : default),
            ]);
    }

    /// <summary>The meters of a number, or all with <see cref="AllMeters"/>.</summary>
    public ImmutableArray<Meter> Selected(uint id) =>
        id == AllMeters ? tables.Meters.All : tables.Meters.Find(id) is { } one ? [one] : [];

    /// <summary>Deletes the meters of a number, or all, with the flows that name them, and gives their ids back.</summary>
    public void DeleteAll(uint id, ChangeOrigin origin)
    {
        ImmutableArray<Meter> meters = Selected(id);
        if (meters.IsEmpty)
            return;
        using (TableTransaction transaction = tables.Begin(origin))
        {
            foreach (Meter meter in meters)
                transaction.Delete(meter);
            transaction.Commit();
        }

        foreach (Meter meter in meters)
        {
            Datapath.Delete(meter.DatapathId);
            Datapath.Free(meter.DatapathId);
        }
    }

    private OpenFlowError? Put(MeterModMessage change, Meter? before, ChangeOrigin origin)
    {
        if ((before?.DatapathId ?? Datapath.Allocate()) is not { } id)
            return MeterModFailed.OutOfMeters;
        // A burst that is not given is what comes in a second.
        ImmutableArray<OpenFlowMeterBand> bands = (change.Flags & HasBurst) != 0
            ? change.Bands
            : [.. change.Bands.Select(band => band with { Burst = band.Rate })];
        Errno error = Datapath.Set(
            id, (change.Flags & Kilobits) != 0, [.. bands.Select(band => new MeterBand(band.Type, band.Rate, band.Burst, 0, 0))]);
        if (error != Errno.None)
        {
            if (before is null)
                Datapath.Free(id);
            return error is Errno.NoSpace or Errno.TooBig ? MeterModFailed.OutOfMeters : MeterModFailed.Unknown;
        }

        var meter = new Meter(change.Id, id, change.Flags, bands, before?.Created ?? tables.Time);
        if (before is null)
            Enter(meter, origin);
        else
            tables.Meters.Put(meter);
        return null;
    }

    private void Enter(Meter meter, ChangeOrigin origin)
    {
        using TableTransaction transaction = tables.Begin(origin);
        transaction.Add(meter);
        transaction.Commit();
    }
}
