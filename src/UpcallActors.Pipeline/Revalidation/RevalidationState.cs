using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// What the revalidators share and what outlives their restarts. The rounds' own values belong to the leader, and are read from any thread.
/// </summary>
internal sealed class RevalidationState
{
    /// <summary>
    /// The nice value of revalidators. On a processor that both want, it gives a lane three times their time. An upcall is a packet that
    /// waits. With much less time for them rounds take so long that the limit of flows falls, and flows go that carry traffic.
    /// </summary>
    private const int Niceness = 5;

    private readonly ConcurrentDictionary<Ufid, bool> _quarantined = new();
    private readonly PipelineState _pipeline;
    private RevalidatorSettings _settings;
    private long _rounds;
    private long _dumpMilliseconds;
    private int _averageFlows;
    private int _maxFlows;
    private bool _paused;

    /// <param name="pipeline">What lanes and revalidators share.</param>
    /// <param name="dispatcherOf">The event loop of a revalidator.</param>
    public RevalidationState(PipelineState pipeline, Func<int, LoopDispatcher> dispatcherOf)
    {
        _pipeline = pipeline;
        _settings = pipeline.Settings.Revalidation!;
        Flows = new InstalledFlows(pipeline.Counters, Settings);
        int lanes = pipeline.Counters.Length;
        LeaderNumber = lanes;
        Partitions =
        [
            .. Enumerable.Range(0, Settings.Revalidators ?? ((lanes / 4) + 1))
                .Select(index => new Partition(index, LeaderNumber + 1 + index, dispatcherOf(index))),
        ];
    }

    /// <summary>The datapath.</summary>
    public IDatapath Datapath => _pipeline.Datapath;

    /// <summary>Who makes translators.</summary>
    public IUpcallTranslatorFactory Translators => _pipeline.Translators;

    /// <summary>The pipeline's settings.</summary>
    public UpcallPipelineSettings Pipeline => _pipeline.Settings;

    /// <summary>Where it is said what fails; the lanes' own.</summary>
    public ILogger Logger => _pipeline.Logger;

    /// <summary>Where it is said what requests the datapath refused.</summary>
    public RequestLog Log => _pipeline.Log;

    /// <summary>Where a round's duration is recorded.</summary>
    public PipelineHistograms Histograms => _pipeline.Histograms;

    /// <summary>Our own.</summary>
    public RevalidatorSettings Settings
    {
        get => Volatile.Read(ref _settings);
        set => Volatile.Write(ref _settings, value);
    }

    /// <summary>What executors ask.</summary>
    public InstalledFlows Flows { get; }

    /// <summary>What was done.</summary>
    public RevalidationCounters Counters { get; } = new();

    /// <summary>The revalidators.</summary>
    public Partition[] Partitions { get; }

    /// <summary>The number of the leader's translator, behind those of the lanes.</summary>
    public int LeaderNumber { get; }

    /// <summary>What was asked and not yet done; the leader's.</summary>
    public RevalidationRequests Requests { get; } = new();

    /// <summary>Rounds ended.</summary>
    public long Rounds
    {
        get => Volatile.Read(ref _rounds);
        set => Volatile.Write(ref _rounds, value);
    }

    /// <summary>How long the last round took, milliseconds.</summary>
    public long DumpMilliseconds
    {
        get => Volatile.Read(ref _dumpMilliseconds);
        set => Volatile.Write(ref _dumpMilliseconds, value);
    }

    /// <summary>A running average of the flows that rounds began with.</summary>
    public int AverageFlows
    {
        get => Volatile.Read(ref _averageFlows);
        set => Volatile.Write(ref _averageFlows, value);
    }

    /// <summary>The most flows that a round began with.</summary>
    public int MaxFlows
    {
        get => Volatile.Read(ref _maxFlows);
        set => Volatile.Write(ref _maxFlows, value);
    }

    /// <summary>Whether no rounds are started.</summary>
    public bool IsPaused
    {
        get => Volatile.Read(ref _paused);
        set => Volatile.Write(ref _paused, value);
    }

    /// <summary>From now on lanes come first: what they wait for, that the flows which were there are taken over, is done.</summary>
    public void LowerPriority()
    {
        foreach (Partition partition in Partitions)
            partition.Dispatcher.Niceness = Niceness;
    }

    /// <summary>What was credited of flows that the revalidator of this one may not know.</summary>
    public CreditedFlows CreditedWith(Ufid ufid) => Partitions[PartitionOf(ufid)].Credited;

    /// <summary>The revalidator of a flow.</summary>
    public int PartitionOf(Ufid ufid) => (int)((uint)ufid.Value.GetHashCode() % (uint)Partitions.Length);

    /// <summary>How long ago something was, by the datapath's clock, which cannot be longer than that runs; null for 0, never.</summary>
    public TimeSpan? AgeOf(long used)
    {
        long now = Datapath.Milliseconds;
        return used == 0 ? null : TimeSpan.FromMilliseconds(Math.Clamp(now - used, 0, now));
    }

    /// <summary>Forgets what was credited, when revalidation ends.</summary>
    public void Forget()
    {
        foreach (Partition partition in Partitions)
            partition.Credited.Clear();
    }

    /// <summary>Notes that the translation of a flow made its revalidator fail: it is deleted, and not translated again.</summary>
    public void Quarantine(Ufid ufid) => _quarantined[ufid] = true;

    /// <summary>Whether a flow is to be deleted unseen.</summary>
    public bool IsQuarantined(Ufid ufid) => !_quarantined.IsEmpty && _quarantined.ContainsKey(ufid);

    /// <summary>Forgets a flow that is gone.</summary>
    public void Release(Ufid ufid)
    {
        if (!_quarantined.IsEmpty)
            _quarantined.TryRemove(ufid, out _);
    }

    /// <summary>The part of the flows that one revalidator checks.</summary>
    internal sealed class Partition(int index, int number, LoopDispatcher dispatcher)
    {
        private int _keys;

        /// <summary>Its place among the revalidators.</summary>
        public int Index { get; } = index;

        /// <summary>The number of its translator.</summary>
        public int Number { get; } = number;

        /// <summary>The revalidator's event loop.</summary>
        public LoopDispatcher Dispatcher { get; } = dispatcher;

        /// <summary>Flows that the revalidator knows.</summary>
        public int Keys
        {
            get => Volatile.Read(ref _keys);
            set => Volatile.Write(ref _keys, value);
        }

        /// <summary>The round that the revalidator was told of last; it holds for the next incarnation, too. The revalidator's.</summary>
        public RevalidatorActor.Begin Round { get; set; } = RevalidatorActor.Begin.None;

        /// <summary>Whether the revalidator has failed since that round began. The revalidator's.</summary>
        public bool HasFailed { get; set; }

        /// <summary>
        /// What its earlier incarnations have credited. The leader's until flows are handed over, then the revalidator's.
        /// </summary>
        public CreditedFlows Credited { get; } = new();
    }
}
