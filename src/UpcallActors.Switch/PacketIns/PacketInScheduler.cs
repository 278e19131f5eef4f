using System.Diagnostics.CodeAnalysis;

namespace UpcallActors.Switch;

/// <summary>
/// Holds back packets that come faster than a client shall get them (<c>pinsched.c</c>). What has to wait does so in a queue of its port,
/// and the ports take turns. When too much waits, the longest queue loses its oldest packet. Single owner.
/// </summary>
/// <remarks>
/// The queue that a packet comes to counts as if the packet were in it. So among queues of one length a port that sends on loses its own
/// packets, and one that sends nothing more keeps its place; Open vSwitch draws one of them.
/// </remarks>
/// <param name="time">The clock.</param>
/// <param name="rate">Packets a second.</param>
/// <param name="burst">Packets at once after a pause, and those that may wait.</param>
internal sealed class PacketInScheduler<T>(TimeProvider time, int rate, int burst)
    where T : class
{
    /// <summary>
    /// Bytes that may wait, which packets of the largest size reach sooner than a burst that is large; Open vSwitch has no such bound.
    /// </summary>
    internal const int MostBytes = 16 * 1024 * 1024;

    private readonly TokenBucket _bucket = new(time, rate, burst);
    private readonly Dictionary<uint, LinkedListNode<PortQueue>> _queues = [];
    // The first has its turn next. Each has packets.
    private readonly LinkedList<PortQueue> _turns = [];
    private long _bytes;

    /// <summary>Packets that wait.</summary>
    public int Backlog { get; private set; }

    /// <summary>Packets that did not have to wait.</summary>
    public long Bypassed { get; private set; }

    /// <summary>Packets that had to wait, also those that were dropped later.</summary>
    public long Queued { get; private set; }

    /// <summary>Packets that were dropped because too much waited.</summary>
    public long Dropped { get; private set; }

    /// <summary>How long until the next of those that wait may go; null if none waits.</summary>
    public TimeSpan? Wait => Backlog == 0 ? null : _bucket.Wait;

    /// <summary>Whether a packet may go that has just come. If not, it is to be added.</summary>
    public bool TryPass()
    {
        if (Backlog > 0 || !_bucket.TryTake())
            return false;
        Bypassed++;
        return true;
    }

    /// <summary>Adds a packet of a port, which waits.</summary>
    /// <param name="port">The port.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="length">Bytes that it holds.</param>
    public void Add(uint port, T packet, int length)
    {
        while (Backlog > 0 && (Backlog >= burst || _bytes + length > MostBytes))
            Drop(port);
        if (!_queues.TryGetValue(port, out LinkedListNode<PortQueue>? queue))
        {
            queue = _turns.AddLast(new PortQueue(port));
            _queues.Add(port, queue);
        }

        queue.Value.Packets.Enqueue((packet, length));
        _bytes += length;
        Backlog++;
        Queued++;
    }

    /// <summary>Takes the next packet, if one may go now.</summary>
    public bool TryTake([NotNullWhen(true)] out T? packet)
    {
        packet = Backlog > 0 && _bucket.TryTake() ? TakeNext() : null;
        return packet is not null;
    }

    /// <summary>Takes all packets, each port's in its turn, however fast that is.</summary>
    public IEnumerable<T> TakeAll()
    {
        while (Backlog > 0)
            yield return TakeNext();
    }

    /// <summary>The limits are these from now on.</summary>
    public void Limit(int newRate, int newBurst)
    {
        burst = newBurst;
        _bucket.Set(newRate, newBurst);
        while (Backlog > burst)
            Drop(arriving: null);
    }

    private T TakeNext()
    {
        LinkedListNode<PortQueue> queue = _turns.First!;
        _turns.RemoveFirst();
        _turns.AddLast(queue);
        return TakeFrom(queue);
    }

    private void Drop(uint? arriving)
    {
        LinkedListNode<PortQueue> longest = _turns.First!;
        for (LinkedListNode<PortQueue>? queue = longest.Next; queue is not null; queue = queue.Next)
        {
            if (LengthOf(queue) > LengthOf(longest))
                longest = queue;
        }

        TakeFrom(longest);
        Dropped++;

        int LengthOf(LinkedListNode<PortQueue> queue) => queue.Value.Packets.Count + (queue.Value.Port == arriving ? 1 : 0);
    }

    private T TakeFrom(LinkedListNode<PortQueue> queue)
    {
        (T packet, int length) = queue.Value.Packets.Dequeue();
        Backlog--;
        _bytes -= length;
        if (queue.Value.Packets.Count == 0)
        {
            _turns.Remove(queue);
            _queues.Remove(queue.Value.Port);
        }

        return packet;
    }

    private sealed class PortQueue(uint port)
    {
        public uint Port => port;

        public Queue<(T Packet, int Length)> Packets { get; } = [];
    }
}
