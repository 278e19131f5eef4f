using System.Buffers.Binary;
using System.Diagnostics;
using Akka.Actor;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// Parses each upcall once and classifies it. A miss or a slow-path upcall goes to the translator, one for a controller into the
/// <see cref="ControllerQueue"/>. One for a sampling consumer is counted. One that cannot be read is counted by reason. Finds duplicates.
/// </summary>
internal sealed class RouterActor : StageActor
{
    private readonly IActorRef _translator;
    private readonly DuplicateTable _duplicates = new();
    private readonly UpcallSampler _sampler;
    private readonly int[] _byClass = new int[(int)UpcallClass.Ipfix + 1];
    private readonly ushort _family;
    private int _withMru;
    private int _largestMru;
    private int _toTranslate;
    private int _queued;
    private int _refused;
    private bool _parses;

    public RouterActor(Lane lane, IActorRef translator)
        : base(lane, lane.RouterQueue)
    {
        _sampler = new UpcallSampler(lane);
        _translator = translator;
        _family = lane.Datapath.Families.Packet;
    }

    /// <inheritdoc/>
    protected override void OnBatch() => OnResume();

    /// <inheritdoc/>
    protected override void OnResume()
    {
        while (Queue.Count > 0)
        {
            UpcallBatch batch = Queue[0];
            using (Activity? span = BatchSpans.BeginStage(batch, "upcall.route"))
                Route(batch);
            if (HasWork(batch))
            {
                HandOver(BatchOwner.Translator, _translator);
                continue;
            }

            Consume();
        }
    }

    /// <summary>The batch ends here.</summary>
    private void Consume()
    {
        (UpcallBatch consumed, long generation) = Queue.Dequeue();
        try
        {
            long now = Stopwatch.GetTimestamp();
            Lane.Tell(consumed, now);
            _sampler.Begin(consumed);
            _sampler.End(consumed, now);
            BatchSpans.End(consumed);
        }
        finally
        {
            Lane.Pool.Return(consumed, generation);
        }
    }

    /// <inheritdoc/>
    protected override void OnFailure()
    {
        if (Queue.Count == 0 || !_parses)
            return;
        Queue[0].Record(Queue[0].Next - 1).Progress = UpcallProgress.Done;
        Lane.Counters.CountLost(LossCause.StageFailed);
    }

    private void Route(UpcallBatch batch)
    {
        batch.AssertOwner(BatchOwner.Router);
        Lane.Pipeline.Histograms.RecordQueueWait(Lane, batch.ReceivedAt);
        _duplicates.Clear();
        try
        {
            while (batch.Next < batch.Count)
            {
                _parses = true;
                Route(batch, batch.Next++);
                _parses = false;
            }
        }
        finally
        {
            Publish();
        }
    }

    private void Route(UpcallBatch batch, int upcall)
    {
        ref UpcallRecord record = ref batch.Record(upcall);
        record.DuplicateOf = UpcallRecord.None;
        record.StandIn = UpcallRecord.None;
        record.CreditPackets = 0;
        record.CreditBytes = 0;
        record.Actions = default;
        record.Translation = default;
        record.IsTranslated = false;
        record.ParseError = OdpParseError.None;
        record.ExecuteError = Errno.None;
        record.FlowPutError = Errno.None;
        record.Flow = FlowFate.None;
        record.Class = Parse(batch, upcall, ref record);
        _byClass[(int)record.Class]++;
        ushort mru = record.Message.Origin.Mru;
        if (mru != 0)
        {
            _withMru++;
            _largestMru = Math.Max(_largestMru, mru);
        }

        if (record.Class is not (UpcallClass.Miss or UpcallClass.SlowPath))
        {
            record.Progress = UpcallProgress.Done;
            if (record.Class == UpcallClass.Controller)
                GiveToControllers(batch, upcall);
            return;
        }

        record.Progress = UpcallProgress.ToTranslate;
        _toTranslate++;
        if (record.Class != UpcallClass.Miss)
            return;
        record.KeyHash = FlowIdentifier.Hash(record.Message.Key.Of(batch.Slots.Message(upcall)));
        record.DuplicateOf = _duplicates.FindOrAdd(batch, upcall);
        ref UpcallRecord translated = ref batch.Record(record.DuplicateOf == UpcallRecord.None ? upcall : record.DuplicateOf);
        translated.CreditPackets++;
        translated.CreditBytes += record.Message.Packet.Length;
    }

    private void GiveToControllers(UpcallBatch batch, int upcall)
    {
        if (Lane.Pipeline.Controllers.TryAdd(batch.Slots.Message(upcall), batch.Key(upcall).DatapathPort, Lane.UpcallPid))
            _queued++;
        else
            _refused++;
    }

    private UpcallClass Parse(UpcallBatch batch, int upcall, ref UpcallRecord record)
    {
        ReadOnlySpan<byte> message = batch.Slots.Message(upcall);
        if (batch.Slots.IsTruncated(upcall))
        {
            record.Message = default;
            Lane.Counters.CountLost(LossCause.Truncated);
            return UpcallClass.Bad;
        }

        OdpParseError error = PacketMessage.TryParse(message, out record.Message);
        if (error == OdpParseError.None && !IsUpcall(message, record.Message))
            error = OdpParseError.UnknownCommand;
        if (error == OdpParseError.None)
            error = OvsFlowKeyReader.TryRead(record.Message.Key.Of(message), out batch.Key(upcall));
        if (error != OdpParseError.None)
        {
            Lane.Counters.CountLost(LossCause.Malformed);
            Lane.Counters.CountMalformed(error);
            record.ParseError = error;
            return UpcallClass.Bad;
        }

        return record.Message.Command == PacketCommand.Miss ? UpcallClass.Miss : ClassOf(record.Message.UserData, message);
    }

    private bool IsUpcall(ReadOnlySpan<byte> message, in PacketMessage parsed) =>
        parsed.Command is PacketCommand.Miss or PacketCommand.Action
        && BinaryPrimitives.ReadUInt16LittleEndian(message[NetlinkMessage.TypeOffset..]) == _family;

    private UpcallClass ClassOf(Extent userData, ReadOnlySpan<byte> message)
    {
        if (userData.IsPresent && UserspaceCookie.TryRead(userData.Of(message), out UserspaceCookie cookie))
        {
            return cookie.Reason switch
            {
                UserspaceReason.SlowPath or UserspaceReason.Refragment => UpcallClass.SlowPath,
                UserspaceReason.Controller => UpcallClass.Controller,
                UserspaceReason.Sflow => UpcallClass.Sflow,
                UserspaceReason.FlowSample => UpcallClass.FlowSample,
                _ => UpcallClass.Ipfix,
            };
        }

        Lane.Counters.CountLost(LossCause.UnknownCookie);
        return UpcallClass.Bad;
    }

    /// <summary>After a restart in mid-batch, what an earlier incarnation found counts, too.</summary>
    private bool HasWork(UpcallBatch batch)
    {
        if (_toTranslate > 0)
        {
            _toTranslate = 0;
            return true;
        }

        for (int i = 0; i < batch.Count; i++)
        {
            if (batch.Record(i).Progress == UpcallProgress.ToTranslate)
                return true;
        }

        return false;
    }

    private void Publish()
    {
        for (int i = 0; i < _byClass.Length; i++)
        {
            if (_byClass[i] == 0)
                continue;
            Lane.Counters.CountClass((UpcallClass)i, _byClass[i]);
            _byClass[i] = 0;
        }

        if (_withMru != 0)
            Lane.Counters.CountMru(_withMru, _largestMru);
        _withMru = 0;
        // Behind the classes: those that were refused are counted out of one of them.
        if (_refused != 0)
            Lane.Counters.CountLost(LossCause.ControllerQueue, _refused);
        if (_queued != 0)
            Lane.Pipeline.Controllers.Notify();
        _refused = 0;
        _queued = 0;
    }
}
