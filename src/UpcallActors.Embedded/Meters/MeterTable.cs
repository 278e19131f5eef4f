namespace UpcallActors.Embedded;

/// <summary>The meters of a datapath; used under its lock.</summary>
internal sealed class MeterTable
{
    /// <summary>Meters that a datapath takes.</summary>
    public const int MaximumMeters = 65_536;

    private readonly Dictionary<uint, DatapathMeter> _meters = [];

    /// <summary>Adds or replaces a meter; false when the table is full.</summary>
    public bool TrySet(DatapathMeter meter)
    {
        if (!_meters.ContainsKey(meter.Id) && _meters.Count == MaximumMeters)
            return false;
        _meters[meter.Id] = meter;
        return true;
    }

    public DatapathMeter? Find(uint id) => _meters.GetValueOrDefault(id);

    public bool Remove(uint id) => _meters.Remove(id);

    /// <summary>Whether a packet is to be dropped; a meter that does not exist drops nothing.</summary>
    public bool Exceeds(uint id, int length, long now) => _meters.TryGetValue(id, out DatapathMeter? meter) && meter.Exceeds(length, now);
}
