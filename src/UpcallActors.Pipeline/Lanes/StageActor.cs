using Akka.Actor;

namespace UpcallActors.Pipeline;

/// <summary>
/// A stage that takes batches: router, translator, executor. A failure costs the upcall at hand; the batches that the stage
/// has taken wait in its <see cref="StageQueue"/> for the next incarnation.
/// </summary>
internal abstract class StageActor : UntypedActor
{
    protected StageActor(Lane lane, StageQueue queue)
    {
        Lane = lane;
        Queue = queue;
    }

    /// <summary>The lane.</summary>
    protected Lane Lane { get; }

    /// <summary>What the stage has taken.</summary>
    protected StageQueue Queue { get; }

    /// <inheritdoc/>
    protected sealed override void OnReceive(object message)
    {
        switch (message)
        {
            case UpcallBatch batch when Queue.TryTake(batch):
                OnBatch();
                break;
            case UpcallBatch:
                Lane.Counters.CountStale();
                break;
            case LivenessProbe probe:
                probe.Answer(Lane.Handler);
                break;
            case Resume:
                OnResume();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>A batch has come into <see cref="Queue"/>.</summary>
    protected abstract void OnBatch();

    /// <summary>The stage told itself to go on with <see cref="Queue"/>.</summary>
    protected abstract void OnResume();

    /// <summary>The stage fails; whatever it has at hand must not leak.</summary>
    protected abstract void OnFailure();
    /// <inheritdoc/>
    protected override void PreRestart(Exception reason, object message)
    {
        Lane.Counters.CountRestart();
        OnFailure();
        base.PreRestart(reason, message);
    }

    /// <inheritdoc/>
    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        Self.Tell(Resume.Instance, Self);
    }

    /// <summary>Hands the oldest batch on; the stage holds it no longer.</summary>
    protected void HandOver(BatchOwner next, IActorRef stage)
    {
        (UpcallBatch batch, _) = Queue.Dequeue();
        batch.Next = 0;
        batch.Times.NoteHandedTo(next);
        if (batch.TryHandOver(Queue.Owner, next))
            stage.Tell(batch, Self);
        else
            Lane.Counters.CountStale();
    }

    /// <summary>Go on with what the queue holds: after a restart, or when all that waits in the mailbox is in it.</summary>
    internal sealed class Resume : INoSerializationVerificationNeeded
    {
        public static readonly Resume Instance = new();

        private Resume()
        {
        }
    }
}
