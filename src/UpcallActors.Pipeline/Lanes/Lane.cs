using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>What the actors of one lane share, and what outlives their restarts.</summary>
internal sealed class Lane
{
    private uint _upcallPid;
    private bool _draining;
    private int _translatorFailures;
    private LaneTuning _tuning;

    /// <summary>Makes a lane with all its credits in the pool.</summary>
    /// <param name="handler">The datapath's handler that it serves.</param>
    /// <param name="pipeline">What all lanes share.</param>
    /// <param name="revalidation">The limit of flows that the lane may put; null without revalidators.</param>
    /// <param name="dispatcher">The lane's event loop.</param>
    public Lane(int handler, PipelineState pipeline, RevalidationState? revalidation, LoopDispatcher dispatcher)
    {
        Handler = handler;
        Pipeline = pipeline;
        Revalidation = revalidation;
        Dispatcher = dispatcher;
        UpcallPipelineSettings settings = pipeline.Settings;
        _tuning = new LaneTuning { BatchSize = settings.BatchSize, PortShare = settings.PortShare };
        Tag = new KeyValuePair<string, object?>("lane", handler);
        Counters = pipeline.Counters[handler];
        Pool = new BatchPool(settings.BatchesPerLane, UpcallBatch.MaxUpcalls, Ports, Counters);
        ReceiverQueue = new StageQueue(BatchOwner.Receiver, 1);
        RouterQueue = new StageQueue(BatchOwner.Router, settings.BatchesPerLane);
        TranslatorQueue = new StageQueue(BatchOwner.Translator, settings.BatchesPerLane);
        ExecutorQueue = new StageQueue(BatchOwner.Executor, settings.BatchesPerLane);
    }

    /// <summary>The datapath's handler that this lane serves.</summary>
    public int Handler { get; }

    /// <summary>What all lanes share.</summary>
    public PipelineState Pipeline { get; }

    /// <summary>The limit of flows that the lane may put; null without revalidators.</summary>
    public RevalidationState? Revalidation { get; }

    /// <summary>Where upcalls come from and requests go.</summary>
    public IDatapath Datapath => Pipeline.Datapath;

    /// <summary>Who makes the lane's translator.</summary>
    public IUpcallTranslatorFactory Translators => Pipeline.Translators;

    /// <summary>The pipeline's settings.</summary>
    public UpcallPipelineSettings Settings => Pipeline.Settings;

    /// <summary>What is traced.</summary>
    public TraceState Tracing => Pipeline.Tracing;

    /// <summary>What may change while the lane runs; set by any thread.</summary>
    public LaneTuning Tuning
    {
        get => Volatile.Read(ref _tuning);
        set => Volatile.Write(ref _tuning, value);
    }

    /// <summary>The lane's event loop.</summary>
    public LoopDispatcher Dispatcher { get; }

    /// <summary>What the lane has done.</summary>
    public LaneCounters Counters { get; }

    /// <summary>The lane's ports.</summary>
    public PortTable Ports { get; } = new();

    /// <summary>The lane's credits.</summary>
    public BatchPool Pool { get; }

    /// <summary>The batch in the receiver's hand.</summary>
    public StageQueue ReceiverQueue { get; }

    /// <summary>The router's batches.</summary>
    public StageQueue RouterQueue { get; }

    /// <summary>The translator's batches.</summary>
    public StageQueue TranslatorQueue { get; }

    /// <summary>The executor's batches.</summary>
    public StageQueue ExecutorQueue { get; }

    /// <summary>The lane's last upcalls.</summary>
    public UpcallMemory Memory { get; } = new();

    /// <summary>The lane's tag on measurements; boxed once.</summary>
    public KeyValuePair<string, object?> Tag { get; }

    /// <summary>Where the datapath shall send the upcalls of recirculated packets; 0 where it has no such choice.</summary>
    public uint UpcallPid
    {
        get => Volatile.Read(ref _upcallPid);
        set => Volatile.Write(ref _upcallPid, value);
    }

    /// <summary>What the source last said it had dropped; the receiver's alone.</summary>
    public ulong SourceDrops { get; set; }

    /// <summary>Whether the lane has stopped reading for good.</summary>
    public bool IsDraining
    {
        get => Volatile.Read(ref _draining);
        set => Volatile.Write(ref _draining, value);
    }

    /// <summary>Translator failures since its last success.</summary>
    public int TranslatorFailures
    {
        get => Volatile.Read(ref _translatorFailures);
        set => Volatile.Write(ref _translatorFailures, value);
    }

    /// <summary>Remembers a finished batch, and shows it to the monitors. Called by its owner, before it goes home.</summary>
    public void Tell(UpcallBatch batch, long handledAt) => Pipeline.Tap.Show(this, batch, Memory.Keep(batch, handledAt), handledAt);

    /// <summary>
    /// Takes back every batch that is not in the pool; its upcalls are lost and counted. Called when all the lane's actors have ended. No
    /// stage uses a batch any more: neither one that held it, nor one whose mailbox it waited in until it became a dead letter.
    /// </summary>
    public void Close()
    {
        foreach (StageQueue stage in (ReadOnlySpan<StageQueue>)[ReceiverQueue, RouterQueue, TranslatorQueue, ExecutorQueue])
        {
            while (stage.Count > 0)
            {
                (UpcallBatch batch, long generation) = stage.Dequeue();
                GiveUp(batch, generation);
            }
        }

        foreach (UpcallBatch batch in Pool.Batches)
        {
            if (batch.Owner == BatchOwner.Pool)
                continue;
            Counters.CountReclaimed();
            GiveUp(batch, batch.Generation);
        }

        Pool.Close();
    }

    private void GiveUp(UpcallBatch batch, long generation)
    {
        int lost = 0;
        for (int i = 0; i < batch.Count; i++)
            lost += batch.Record(i).Progress == UpcallProgress.Done ? 0 : 1;
        BatchSpans.End(batch, "given up");
        if (lost != 0)
            Counters.CountLost(LossCause.StageFailed, lost);
        Pool.Return(batch, generation);
    }
}
