using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>A meter with its bands (<c>struct dp_meter</c>): token buckets in bits, or in thousandths of packets.</summary>
internal sealed class DatapathMeter
{
    /// <summary>Bands of one meter (<c>DP_MAX_BANDS</c>).</summary>
    public const int MaximumBands = 1;

    /// <summary><c>OVS_METER_BAND_TYPE_DROP</c>.</summary>
    public const uint DropBand = 1;

    private readonly Band[] _bands;
    private readonly bool _countsBits;
    private readonly long _longestGap;

    private DatapathMeter(uint id, bool countsBits, Band[] bands, long now)
    {
        Id = id;
        _countsBits = countsBits;
        _bands = bands;
        Used = now;
        foreach (Band band in bands)
            _longestGap = Math.Max(_longestGap, band.Bucket / band.Rate);
    }

    public uint Id { get; }

    /// <summary>When it was last used, in milliseconds.</summary>
    public long Used { get; private set; }

    public ulong Packets { get; private set; }

    public ulong Bytes { get; private set; }

    /// <summary>Reads the attributes of a meter SET. Returns <see cref="Errno.None"/> or why not.</summary>
    public static Errno TryRead(ReadOnlySpan<byte> attributes, long now, out DatapathMeter? meter)
    {
        meter = null;
        var list = new NetlinkAttributes(attributes);
        if (!list.TryFindLast(OvsMeterAttribute.Id, out NetlinkAttribute id) || id.Payload.Length < sizeof(uint)
            || !list.TryFindLast(OvsMeterAttribute.Bands, out NetlinkAttribute bands)
            || NetlinkAttributes.Check(bands.Payload) != NetlinkParseError.None)
            return Errno.Invalid;
        var read = new List<Band>();
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(bands.Payload))
        {
            if (read.Count == MaximumBands || !TryReadBand(attribute.Payload, out Band band))
                return Errno.Invalid;
            read.Add(band);
        }

        meter = new DatapathMeter(id.U32, list.TryFindLast(OvsMeterAttribute.Kbps, out _), [.. read], now);
        return Errno.None;
    }

    /// <summary>Accounts for a packet and says whether a drop band is exceeded (<c>ovs_meter_execute</c>).</summary>
    public bool Exceeds(int length, long now)
    {
        long gap = Math.Clamp(now - Used, 0, _longestGap);
        Used = now;
        Packets++;
        Bytes += (ulong)length;
        long cost = _countsBits ? length * 8L : 1000;
        int exceeded = -1;
        for (int index = 0; index < _bands.Length; index++)
        {
            ref Band band = ref _bands[index];
            band.Bucket = Math.Min(band.Bucket + (gap * band.Rate), band.Burst * 1000L);
            if (band.Bucket >= cost)
                band.Bucket -= cost;
            else if (exceeded < 0 || band.Rate > _bands[exceeded].Rate)
                exceeded = index;
        }

        if (exceeded < 0)
            return false;
        _bands[exceeded].Packets++;
        _bands[exceeded].Bytes += (ulong)length;
        return _bands[exceeded].Type == DropBand;
    }

    /// <summary>Writes id, statistics, time of last use and bands as a meter answer has them.</summary>
    public void Write(ref NetlinkWriter writer)
    {
        writer.PutU32(OvsMeterAttribute.Id, Id);
        FlowStatistics.Put(ref writer, OvsMeterAttribute.Stats, Packets, Bytes);
        writer.PutU64(OvsMeterAttribute.Used, (ulong)Used);
        int bands = writer.BeginNest(OvsMeterAttribute.Bands);
        foreach (Band band in _bands)
        {
            int nest = writer.BeginNest(0);
            FlowStatistics.Put(ref writer, OvsBandAttribute.Stats, band.Packets, band.Bytes);
            writer.EndNest(nest);
        }

        writer.EndNest(bands);
    }

    private static bool TryReadBand(ReadOnlySpan<byte> attributes, out Band band)
    {
        band = default;
        var list = new NetlinkAttributes(attributes);
        if (NetlinkAttributes.Check(attributes) != NetlinkParseError.None
            || !list.TryFindLast(OvsBandAttribute.Type, out NetlinkAttribute type)
            || !list.TryFindLast(OvsBandAttribute.Rate, out NetlinkAttribute rate) || rate.U32 == 0
            || !list.TryFindLast(OvsBandAttribute.Burst, out NetlinkAttribute burst))
            return false;
        band = new Band { Type = type.U32, Rate = rate.U32, Burst = burst.U32, Bucket = burst.U32 * 1000L };
        return true;
    }

    private struct Band
    {
        public uint Type;
        public uint Rate;
        public uint Burst;
        public long Bucket;
        public ulong Packets;
        public ulong Bytes;
    }
}
