namespace UpcallActors.Pipeline;

/// <summary>
/// The batches that a stage has taken from its mailbox and not yet handed on, oldest first. It belongs to the lane, not to the actor, so
/// that it outlives the actor's restart: the next incarnation continues where the failed one stopped, in order. Used by one thread at a
/// time, the one that runs the actor.
/// </summary>
internal sealed class StageQueue(BatchOwner owner, int capacity)
{
    private readonly (UpcallBatch Batch, long Generation)[] _ring = new (UpcallBatch, long)[capacity];
    private int _head;

    /// <summary>Whose batches these are.</summary>
    public BatchOwner Owner => owner;

    /// <summary>How many batches wait.</summary>
    public int Count { get; private set; }

    /// <summary>A batch, 0 being the oldest.</summary>
    public UpcallBatch this[int position] => _ring[Place(position)].Batch;

    /// <summary>Takes a batch; false when it was not handed to this stage, a stale message to be ignored.</summary>
    public bool TryTake(UpcallBatch batch)
    {
        if (batch.Owner != owner)
            return false;
        for (int i = 0; i < Count; i++)
        {
            if (ReferenceEquals(this[i], batch))
                return false;
        }

        _ring[Place(Count)] = (batch, batch.Generation);
        Count++;
        return true;
    }

    /// <summary>Takes the oldest batch out, with the generation it had when it came.</summary>
    public (UpcallBatch Batch, long Generation) Dequeue()
    {
        (UpcallBatch Batch, long Generation) oldest = _ring[_head];
        _ring[_head] = default;
        _head = Place(1);
        Count--;
        return oldest;
    }

    private int Place(int position)
    {
        int place = _head + position;
        return place < _ring.Length ? place : place - _ring.Length;
    }
}
