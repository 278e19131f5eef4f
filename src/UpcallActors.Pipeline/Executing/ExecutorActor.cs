using System.Diagnostics;
using Akka.Actor;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// Sends what the translator decided: for each upcall its flow put, then its EXECUTE, in the order of arrival, with as few sends
/// as the batches that wait allow. A batch goes back to its pool when the datapath has handled its requests.
/// </summary>
#pragma warning disable CA1001 // An actor is never disposed: PostStop is where it lets go of what it holds.
internal sealed class ExecutorActor : StageActor
#pragma warning restore CA1001
{
    private readonly UpcallSampler _sampler;
    private RequestSender? _sender;
    private bool _prepares;
    private bool _gathers;
    private int _staleFlows;
    private int _dropped;
    private int _flowRoom;
    private int _flowLimitHits;
    private bool _exact;
    private int _mruClamped;

    public ExecutorActor(Lane lane)
        : base(lane, lane.ExecutorQueue) => _sampler = new UpcallSampler(lane);

    /// <inheritdoc/>
    protected override void PreStart() => _sender = new RequestSender(Lane.Datapath.OpenRequests(), Lane.Counters, Lane.Pipeline.Log);

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _sender?.Abandon();
        _sender?.Dispose();
        _sender = null;
    }

    /// <inheritdoc/>
    protected override void OnBatch()
    {
        // On the lane's loop a batch goes out at once. The loop gives each actor one message a turn, so waiting for an empty mailbox would
        // last as long as upcalls keep coming. Elsewhere the batches that wait go out together, at most the lane's credits.
        if (Lane.Dispatcher.IsCurrentThread || Context is not ActorCell { HasMessages: true })
        {
            OnResume();
        }
        else if (!_gathers)
        {
            // Behind them, so that nothing depends on what it is that waits.
            _gathers = true;
            Self.Tell(Resume.Instance, Self);
        }
    }

    /// <inheritdoc/>
    protected override void OnResume()
    {
        _gathers = false;
        int prepared = 0;
        long startedAt = Stopwatch.GetTimestamp();
        LookAtFlows();
        try
        {
            for (; prepared < Queue.Count; prepared++)
                Prepare(Queue[prepared]);
            SendAndReturn(prepared, startedAt);
        }
        finally
        {
            Publish();
        }
    }

    /// <inheritdoc/>
    protected override void OnFailure()
    {
        _sender?.Abandon();
        for (int i = 0; i < Queue.Count; i++)
        {
            if (_prepares && Queue[i].Next > 0 && Queue[i].Next <= Queue[i].Count
                && Queue[i].Record(Queue[i].Next - 1).Progress == UpcallProgress.ToExecute)
            {
                Queue[i].Record(Queue[i].Next - 1).Progress = UpcallProgress.Done;
                Lane.Counters.CountLost(LossCause.StageFailed);
            }
        }
    }

    /// <summary>How many more flows the datapath may have; asked once for all the batches that wait.</summary>
    private void LookAtFlows()
    {
        if (Lane.Revalidation is not { Flows: InstalledFlows flows })
        {
            _flowRoom = int.MaxValue;
            return;
        }

        _flowRoom = flows.Limit - flows.Count;
        _exact = !flows.MegaflowsEnabled;
    }

    private void Prepare(UpcallBatch batch)
    {
        batch.AssertOwner(BatchOwner.Executor);
        _sampler.Begin(batch);
        while (batch.Next < batch.Count)
        {
            if (_sender!.IsFull)
                _sender.Send();
            _prepares = true;
            Prepare(batch, ref batch.Record(batch.Next++), batch.Next - 1);
            _prepares = false;
        }
    }

    private void Prepare(UpcallBatch batch, ref UpcallRecord record, int upcall)
    {
        if (record.Progress != UpcallProgress.ToExecute)
            return;
        IDatapath datapath = Lane.Datapath;
        if (ShouldInstall(batch, ref record, upcall))
        {
            if (RequestWriter.TryPut(batch, upcall, _exact, datapath.Families.Flow, _sender!.NextPutSequence(), datapath.IfIndex,
                out DatapathRequest put))
                _sender.Add(put);
            else
                _sender.RefusePut(ref record);
        }

        if (!record.Actions.IsPresent)
        {
            _dropped++;
        }
        else
        {
            _sender!.Add(RequestWriter.Execute(batch, upcall, datapath.Families.Packet, _sender.NextExecuteSequence(), Lane.UpcallPid));
            _mruClamped += record.ClampsMru ? 1 : 0;
        }

        record.Progress = UpcallProgress.Done;
    }

    /// <summary>A flow computed before a table change must not outlive it: the datapath would go on after the old tables.</summary>
    private bool ShouldInstall(UpcallBatch batch, ref UpcallRecord record, int upcall)
    {
        if (record.Class != UpcallClass.Miss || batch.SharedFrom(upcall) != UpcallRecord.None || !record.Translation.InstallFlow)
            return false;
        if (!Lane.Translators.IsCurrent(record.Translation))
        {
            record.Flow = FlowFate.Stale;
            _staleFlows++;
            return false;
        }

        if (_flowRoom <= 0)
        {
            record.Flow = FlowFate.OverLimit;
            _flowLimitHits++;
            return false;
        }

        record.Flow = FlowFate.Put;
        _flowRoom--;
        return true;
    }

    private void SendAndReturn(int batches, long startedAt)
    {
        _sender!.Send();
        // Before the batches go home: who sees them completed sees all that became of them.
        Publish();
        try
        {
            for (int left = batches; left > 0; left--)
                Return(startedAt, batches);
        }
        finally
        {
            _sampler.Explain();
        }
    }

    private void Return(long startedAt, int gathered)
    {
        (UpcallBatch batch, long generation) = Queue.Dequeue();
        try
        {
            long now = Stopwatch.GetTimestamp();
            Lane.Tell(batch, now);
            Record(batch, startedAt, now, gathered);
        }
        finally
        {
            // Also when a listener throws: its requests were handled.
            Lane.Pool.Return(batch, generation);
        }
    }

    private void Record(UpcallBatch batch, long startedAt, long now, int gathered)
    {
        TimeSpan latency = Stopwatch.GetElapsedTime(batch.ReceivedAt, now);
        Lane.Counters.Latency.Count(now - batch.ReceivedAt);
        Lane.Pipeline.Histograms.RecordLatency(Lane, latency);
        _sampler.End(batch, now);
        BatchSpans.AddExecuted(batch, startedAt, gathered);
        BatchSpans.End(batch);
    }

    private void Publish()
    {
        if (_staleFlows != 0)
            Lane.Counters.CountStaleFlows(_staleFlows);
        if (_dropped != 0)
            Lane.Counters.CountDropped(_dropped);
        if (_mruClamped != 0)
            Lane.Counters.CountMruClamped(_mruClamped);
        if (_flowLimitHits != 0)
            Lane.Revalidation!.Counters.Count(RevalidationEvent.UpcallFlowLimitHit, _flowLimitHits);
        _staleFlows = 0;
        _dropped = 0;
        _mruClamped = 0;
        _flowLimitHits = 0;
    }
}
