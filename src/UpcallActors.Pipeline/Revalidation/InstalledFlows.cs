namespace UpcallActors.Pipeline;

/// <summary>
/// How many flows the datapath has, about, and how many it may have: what executors ask before they
/// put one. Any thread. Lanes write nothing here: what they have put is in their own counters.
/// </summary>
internal sealed class InstalledFlows
{
    private readonly LaneCounters[] _lanes;
    private long _beyondPuts;
    private int _limit;
    private bool _megaflows;

    public InstalledFlows(LaneCounters[] lanes, RevalidatorSettings settings)
    {
        _lanes = lanes;
        _limit = Math.Min(settings.FlowLimit, InitialLimit);
        _megaflows = settings.Megaflows;
    }

    /// <summary>What Open vSwitch begins with (<c>udpif_create</c>), until dumps show that more will do.</summary>
    public const int InitialLimit = 10_000;

    /// <summary>Flows of the last dump and those put and deleted since.</summary>
    public int Count => (int)Math.Clamp(Balance, 0, int.MaxValue);

    /// <summary>
    /// As <see cref="Count"/>, below 0 if flows were deleted that were not counted: what <see cref="Correct"/> wants.
    /// </summary>
    public long Balance => Volatile.Read(ref _beyondPuts) + Puts;

    /// <summary>The limit at this time.</summary>
    public int Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    /// <summary>Whether flows match as much as they may.</summary>
    public bool MegaflowsEnabled
    {
        get => Volatile.Read(ref _megaflows);
        set => Volatile.Write(ref _megaflows, value);
    }

    private long Puts
    {
        get
        {
            long puts = 0;
            foreach (LaneCounters lane in _lanes)
                puts += lane.FlowPuts;
            return puts;
        }
    }

    /// <summary>A flow was deleted.</summary>
    public void CountDeleted() => Interlocked.Decrement(ref _beyondPuts);

    /// <summary>
    /// A dump that began when <see cref="Balance"/> was <paramref name="before"/> has shown <paramref name="dumped"/> flows.
    /// </summary>
    public void Correct(long before, int dumped) => Interlocked.Add(ref _beyondPuts, dumped - before);
}
