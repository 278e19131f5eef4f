using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>
/// The meters of a datapath, and their ids, which all bridges share (<c>meter_set</c> and those around it in ofproto-dpif.c). One thread.
/// </summary>
internal sealed class DatapathMeters : IDisposable
{
    // Ids that only a probe uses, far from those that are given out, as Open vSwitch's.
    private const uint FirstProbe = 54545401;
    private const uint SecondProbe = 54545402;

    private readonly IDatapath _datapath;
    private readonly DatapathClient _client;
    private readonly SortedSet<uint> _free = [];
    private uint _next;

    /// <summary>The meters of a datapath; <see cref="Maximum"/> is 0 where they do not work.</summary>
    public DatapathMeters(IDatapath datapath)
    {
        _datapath = datapath;
        _client = new DatapathClient(datapath);
        DatapathSupport support = datapath.Support;
        if (datapath.Families.Meter == 0 || support.MaxMeters == 0 || IsBroken())
            return;
        Maximum = support.MaxMeters;
        MaximumBands = support.MaxMeterBands;
    }

    /// <summary>How many there can be.</summary>
    public uint Maximum { get; }

    /// <summary>How many bands one can have.</summary>
    public uint MaximumBands { get; }

    /// <summary>The lowest id that is free; null if none is.</summary>
    public uint? Allocate()
    {
        if (_free.Count > 0)
        {
            uint id = _free.Min;
            _free.Remove(id);
            return id;
        }

        return _next < Maximum ? _next++ : null;
    }

    /// <summary>Gives an id back whose meter is gone, or never was there.</summary>
    public void Free(uint id) => _free.Add(id);

    /// <summary>Sets a meter, which is another one then, if there was one of the id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="countsBits">Whether rates are kilobits, and not packets, a second.</param>
    /// <param name="bands">The bands.</param>
    public Errno Set(uint id, bool countsBits, IReadOnlyList<MeterBand> bands) => Ask(
        new MeterMessage { Command = OvsMeterCommand.Set, Id = id, Kbps = countsBits, Bands = bands }, answered: null);

    /// <summary>What a meter has counted; null if it is not there.</summary>
    public MeterMessage? Get(uint id) => Find(OvsMeterCommand.Get, id);

    /// <summary>Deletes a meter; what it has counted, null if it was not there.</summary>
    public MeterMessage? Delete(uint id) => Find(OvsMeterCommand.Delete, id);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>
    /// Whether the datapath finds a meter that was set by another id than its own, as Linux 4.15 to 4.17 do
    /// (<c>probe_broken_meters</c>).
    /// </summary>
    private bool IsBroken()
    {
        MeterBand[] bands = [new(Type: 1, Rate: 1, Burst: 1, Packets: 0, Bytes: 0)];
        bool works = Set(FirstProbe, countsBits: true, bands) == Errno.None && Set(SecondProbe, countsBits: true, bands) == Errno.None
            && Get(FirstProbe)?.Id == FirstProbe && Get(SecondProbe)?.Id == SecondProbe;
        Delete(FirstProbe);
        Delete(SecondProbe);
        return !works;
    }

    private MeterMessage? Find(byte command, uint id)
    {
        MeterMessage? found = null;
        Errno error = Ask(new MeterMessage { Command = command, Id = id }, meter => found = meter);
        // The answer about one that is not there may have the id alone.
        return error == Errno.None && found is { Stats: not null } ? found : null;
    }

    private Errno Ask(MeterMessage request, Action<MeterMessage>? answered)
    {
        NetlinkWriter writer = _client.Writer();
        (request with { DatapathIfIndex = _datapath.IfIndex }).Write(ref writer, _datapath.Families.Meter, NetlinkFlags.None, sequence: 0);
        return _client.Ask(writer, message =>
        {
            if (MeterMessage.TryParse(message.Bytes, out MeterMessage? meter) == OdpParseError.None)
                answered?.Invoke(meter!);
        }).Error;
    }
}
