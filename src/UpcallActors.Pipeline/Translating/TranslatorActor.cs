using System.Diagnostics;
using Akka.Actor;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline;

/// <summary>
/// Runs the lane's translator over a batch. An exception from it costs that one upcall: the actor fails, its supervisor restarts it with a
/// new translator, and the new incarnation continues with the next upcall.
/// </summary>
internal sealed class TranslatorActor : StageActor
{
    private readonly IActorRef _executor;
    private IUpcallTranslator? _translator;
    private bool _translates;
    private int _made;
    private int _withError;
    private int _tooLong;
    private int _shared;

    public TranslatorActor(Lane lane, IActorRef executor)
        : base(lane, lane.TranslatorQueue) => _executor = executor;

    /// <summary>An upcall as translators see it; borrows the batch's memory.</summary>
    public static UpcallView ViewOf(UpcallBatch batch, int upcall)
    {
        ReadOnlySpan<byte> message = batch.Slots.Message(upcall);
        ref PacketMessage parsed = ref batch.Record(upcall).Message;
        return new UpcallView(
            batch.Key(upcall),
            parsed.Key.Of(message),
            parsed.Packet.Of(message),
            parsed.Origin,
            parsed.Command,
            parsed.UserData.IsPresent ? parsed.UserData.Of(message) : [])
        {
            Credit = new FlowCredit((ulong)batch.Record(upcall).CreditPackets, (ulong)batch.Record(upcall).CreditBytes),
        };
    }

    /// <inheritdoc/>
    protected override void PreStart() => _translator = Lane.Translators.Create(Lane.Handler);

    /// <inheritdoc/>
    protected override void OnBatch() => OnResume();

    /// <inheritdoc/>
    protected override void OnResume()
    {
        while (Queue.Count > 0)
        {
            UpcallBatch batch = Queue[0];
            using (Activity? span = BatchSpans.BeginStage(batch, "upcall.translate"))
                Translate(batch);
            HandOver(BatchOwner.Executor, _executor);
        }
    }

    /// <inheritdoc/>
    protected override void OnFailure()
    {
        if (Queue.Count == 0 || !_translates)
            return;
        UpcallBatch batch = Queue[0];
        batch.Record(batch.Next - 1).Progress = UpcallProgress.Done;
        Lane.Counters.CountLost(LossCause.TranslatorFailed);
    }

    private void Translate(UpcallBatch batch)
    {
        batch.AssertOwner(BatchOwner.Translator);
        try
        {
            while (batch.Next < batch.Count)
                Translate(batch, batch.Next++);
        }
        finally
        {
            Publish();
        }
    }

    private void Translate(UpcallBatch batch, int upcall)
    {
        ref UpcallRecord record = ref batch.Record(upcall);
        if (record.Progress != UpcallProgress.ToTranslate)
            return;
        if (record.DuplicateOf == UpcallRecord.None || !TryTakeOver(batch, upcall, ref record))
            TranslateAnew(batch, upcall, ref record);
    }

    /// <summary>
    /// Takes over the translation of the first upcall with the same key, or of the one that stands in for it. If that one failed, it is
    /// no reason to give up this one, which then stands in before the duplicates behind, and has their packets to credit.
    /// </summary>
    private bool TryTakeOver(UpcallBatch batch, int upcall, ref UpcallRecord record)
    {
        ref UpcallRecord first = ref batch.Record(record.DuplicateOf);
        ref UpcallRecord translated = ref batch.Record(first.StandIn == UpcallRecord.None ? record.DuplicateOf : first.StandIn);
        if (!translated.IsTranslated)
        {
            first.StandIn = (short)upcall;
            record.CreditPackets = translated.CreditPackets - 1;
            record.CreditBytes = translated.CreditBytes - translated.Message.Packet.Length;
            return false;
        }

        record.Translation = translated.Translation;
        record.IsTranslated = true;
        record.Actions = translated.Actions;
        record.Progress = translated.Progress;
        _shared++;
        _tooLong += record.Progress == UpcallProgress.Done ? 1 : 0;
        return true;
    }

    private void TranslateAnew(UpcallBatch batch, int upcall, ref UpcallRecord record)
    {
        ref FlowKey mask = ref batch.Mask(upcall);
        mask = default;
        UpcallView view = ViewOf(batch, upcall);
        _translates = true;
        Translation translation = _translator!.Translate(view, batch.ActionsRoom, ref mask);
        _translates = false;
        _made++;
        _withError += translation.Error == XlateError.None ? 0 : 1;
        record.Translation = translation;
        record.IsTranslated = true;
        if ((uint)translation.ActionsLength > UpcallBatch.MaxActions)
        {
            record.Progress = UpcallProgress.Done;
            _tooLong++;
            return;
        }

        record.Progress = UpcallProgress.ToExecute;
        record.Actions = batch.KeepActions(translation.ActionsLength);
    }

    private void Publish()
    {
        if (_made != 0)
        {
            Lane.Counters.CountTranslations(_made, _withError);
            Lane.TranslatorFailures = 0;
        }

        if (_tooLong != 0)
            Lane.Counters.CountLost(LossCause.TooLong, _tooLong);
        if (_shared != 0)
            Lane.Counters.CountDuplicates(_shared);
        _made = 0;
        _withError = 0;
        _tooLong = 0;
        _shared = 0;
    }
}
