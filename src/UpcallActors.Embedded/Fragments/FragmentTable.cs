using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// The incomplete datagrams of one IP version (<c>fqdir</c>), found by key, ordered by age, bounded in memory and number.
/// Where the bound is reached, the oldest go: the kernel since 4.17 refuses the new instead, which lets 4 MiB of
/// junk silence every sender until it times out.
/// </summary>
internal sealed class FragmentTable
{
    private readonly FragmentBlocks _blocks;
    private readonly FragmentQueue?[] _buckets;
    private readonly KeyedHash _hash = KeyedHash.Create();
    private readonly int _maxQueues;
    private readonly long _timeout;
    private FragmentQueue? _oldest;
    private FragmentQueue? _newest;
    private FragmentQueue? _spare;

    internal FragmentTable(int memory, int maxQueues, long timeout)
    {
        _blocks = new FragmentBlocks(memory);
        _buckets = new FragmentQueue?[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)maxQueues)];
        _maxQueues = maxQueues;
        _timeout = timeout;
    }

    internal int Count { get; private set; }

    internal long BytesInUse => (long)_blocks.InUse * FragmentBlocks.BlockSize;

    internal ulong Evicted { get; private set; }

    internal ulong Expired { get; private set; }

    /// <summary>Gives up the datagrams whose time is over. A queue's time starts with its first fragment and is never extended.</summary>
    internal void Expire(long now)
    {
        while (_oldest is { } queue && now >= queue.Deadline)
        {
            Expired++;
            Remove(queue);
        }
    }

    internal FragmentQueue FindOrCreate(in FragmentKey key, long now)
    {
        ulong hash = key.Hash(_hash);
        ref FragmentQueue? bucket = ref _buckets[hash & (ulong)(_buckets.Length - 1)];
        for (FragmentQueue? queue = bucket; queue is not null; queue = queue.NextInBucket)
        {
            if (queue.Hash == hash && queue.Key == key)
                return queue;
        }

        if (Count == _maxQueues)
            EvictOldest(except: null);
        FragmentQueue created = Take();
        created.Key = key;
        created.Hash = hash;
        created.Deadline = now + _timeout;
        created.NextInBucket = bucket;
        bucket = created;
        created.Older = _newest;
        if (_newest is null)
            _oldest = created;
        else
            _newest.Newer = created;
        _newest = created;
        Count++;
        return created;
    }

    /// <summary>
    /// Puts a fragment's data (and its headers, if it is the one at offset 0) in its place, at the expense of older
    /// datagrams if memory is short. False if even that does not suffice.
    /// </summary>
    internal bool TryStore(FragmentQueue queue, FragmentPlace place, int run, int offset, ReadOnlySpan<byte> data,
        ReadOnlySpan<byte> headers)
    {
        int held = place == FragmentPlace.Append ? queue.Runs[run].Data.Length : 0;
        int needed = FragmentBlocks.Needed(held, data.Length) + FragmentBlocks.Needed(0, headers.Length);
        while (_blocks.Free < needed)
        {
            if (!EvictOldest(except: queue))
                return false;
        }

        ref FragmentRun target = ref queue.Run(place, run, offset);
        _blocks.Append(ref target.Data, data);
        _blocks.Append(ref queue.Headers, headers);
        return true;
    }

    /// <summary>Copies headers and data, which lie without a gap, into one piece.</summary>
    internal void Gather(FragmentQueue queue, Span<byte> destination)
    {
        _blocks.CopyTo(in queue.Headers, destination);
        destination = destination[queue.Headers.Length..];
        foreach (ref readonly FragmentRun run in queue.Runs)
            _blocks.CopyTo(in run.Data, destination[run.Offset..]);
    }

    internal void Remove(FragmentQueue queue)
    {
        Unlink(queue);
        queue.Release(_blocks);
        queue.Older = null;
        queue.Newer = null;
        queue.NextInBucket = _spare;
        _spare = queue;
        Count--;
    }

    private bool EvictOldest(FragmentQueue? except)
    {
        FragmentQueue? victim = _oldest == except ? _oldest?.Newer : _oldest;
        if (victim is null)
            return false;
        Evicted++;
        Remove(victim);
        return true;
    }

    private FragmentQueue Take()
    {
        if (_spare is not { } queue)
            return new FragmentQueue();
        _spare = queue.NextInBucket;
        return queue;
    }

    private void Unlink(FragmentQueue queue)
    {
        ref FragmentQueue? link = ref _buckets[queue.Hash & (ulong)(_buckets.Length - 1)];
        while (link != queue)
            link = ref link!.NextInBucket;
        link = queue.NextInBucket;
        if (queue.Older is null)
            _oldest = queue.Newer;
        else
            queue.Older.Newer = queue.Newer;
        if (queue.Newer is null)
            _newest = queue.Older;
        else
            queue.Newer.Older = queue.Older;
    }
}
