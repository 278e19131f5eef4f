namespace UpcallActors.Embedded;

/// <summary>
/// One datagram being put together (<c>inet_frag_queue</c>): the headers of the fragment at offset 0, and the data as
/// runs of adjacent bytes sorted by offset. Objects are reused; their memory is the table's.
/// </summary>
internal sealed class FragmentQueue
{
    private const int KeptRuns = 64;

    internal FragmentKey Key;
    internal ulong Hash;
    internal long Deadline;
    internal FragmentQueue? NextInBucket;
    internal FragmentQueue? Older;
    internal FragmentQueue? Newer;

    internal FragmentChain Headers;
    internal int NetworkOffset;
    internal int NextHeaderOffset;
    internal byte NextHeader;
    internal bool HasFirst;
    internal bool HasLast;
    internal byte Ecn;

    /// <summary>Where the datagram's data ends as far as is known: its length once the last fragment is in.</summary>
    internal int End;

    /// <summary>Bytes of data received.</summary>
    internal int Received;

    /// <summary>Of the largest fragment, in the unit of the family's <c>max_size</c>.</summary>
    internal int MaxSize;

    /// <summary>Of the largest fragment with DF set (IPv4).</summary>
    internal int MaxDontFragmentSize;

    private FragmentRun[] _runs = new FragmentRun[4];
    private int _runCount;

    internal bool IsComplete => HasFirst && HasLast && Received == End;

    internal ReadOnlySpan<FragmentRun> Runs => _runs.AsSpan(0, _runCount);

    /// <summary>
    /// Finds the place of a fragment by the rules of <c>inet_frag_queue_insert</c>. On success
    /// <paramref name="run"/> is where to put it: an existing run to append to, or a new one to open there.
    /// </summary>
    internal FragmentPlace Place(int offset, int end, out int run)
    {
        run = _runCount;
        if (_runCount == 0)
            return FragmentPlace.NewRun;
        ref FragmentRun tail = ref _runs[_runCount - 1];
        if (tail.End < end)
        {
            if (offset < tail.End)
                return FragmentPlace.Overlap;
            run = offset == tail.End ? _runCount - 1 : _runCount;
            return offset == tail.End ? FragmentPlace.Append : FragmentPlace.NewRun;
        }

        int low = 0;
        int high = _runCount;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            ref FragmentRun candidate = ref _runs[middle];
            if (end <= candidate.Offset)
                high = middle;
            else if (offset >= candidate.End)
                low = middle + 1;
            else
                return offset >= candidate.Offset && end <= candidate.End ? FragmentPlace.Duplicate : FragmentPlace.Overlap;
        }

        run = low;
        return FragmentPlace.NewRun;
    }

    /// <summary>The run to write data to, opened if need be.</summary>
    internal ref FragmentRun Run(FragmentPlace place, int run, int offset)
    {
        if (place == FragmentPlace.NewRun)
        {
            if (_runCount == _runs.Length)
                Array.Resize(ref _runs, _runCount * 2);
            _runs.AsSpan(run, _runCount - run).CopyTo(_runs.AsSpan(run + 1));
            _runs[run] = new FragmentRun { Offset = offset };
            _runCount++;
        }

        return ref _runs[run];
    }

    /// <summary>Blocks in use.</summary>
    internal void Release(FragmentBlocks blocks)
    {
        blocks.Release(ref Headers);
        foreach (ref FragmentRun run in _runs.AsSpan(0, _runCount))
            blocks.Release(ref run.Data);
        _runCount = 0;
        // An array that a flood of tiny fragments blew up is not kept.
        if (_runs.Length > KeptRuns)
            _runs = new FragmentRun[4];
        NetworkOffset = NextHeaderOffset = End = Received = MaxSize = MaxDontFragmentSize = 0;
        NextHeader = Ecn = 0;
        HasFirst = HasLast = false;
    }
}
