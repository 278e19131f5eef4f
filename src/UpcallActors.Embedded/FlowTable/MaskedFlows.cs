using System.Runtime.CompilerServices;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// One mask and the flows that have it. Looks only at the words that the mask touches, as the kernel hashes only a
/// mask's range.
/// </summary>
internal sealed class MaskedFlows
{
    private readonly FlowKey _mask;
    private readonly byte[] _words;

    /// <summary>Who sends the packets does not know which flows share a bucket.</summary>
    private readonly KeyedHash _hash = KeyedHash.Create();

    private DatapathFlow?[] _buckets = new DatapathFlow?[16];

    public MaskedFlows(in FlowKey mask)
    {
        _mask = mask;
        ReadOnlySpan<ulong> words = mask.ReadOnlyWords;
        var touched = new List<byte>();
        for (int word = 0; word < words.Length; word++)
        {
            if (words[word] != 0)
                touched.Add((byte)word);
        }

        _words = [.. touched];
    }

    /// <summary>The mask.</summary>
    public ref readonly FlowKey Mask => ref _mask;

    /// <summary>Flows that have this mask.</summary>
    public int Count { get; private set; }

    /// <summary>Finds the flow that a packet's key matches under this mask.</summary>
    public DatapathFlow? Find(in FlowKey key)
    {
        ReadOnlySpan<ulong> mask = Mask.ReadOnlyWords;
        ReadOnlySpan<ulong> words = key.ReadOnlyWords;
        uint hash = Hash(words, mask);
        for (DatapathFlow? flow = _buckets[hash & (_buckets.Length - 1)]; flow is not null; flow = flow.NextInMask)
        {
            if (flow.MaskedHash == hash && Matches(flow.Key.ReadOnlyWords, words, mask))
                return flow;
        }

        return null;
    }

    public void Insert(DatapathFlow flow)
    {
        if (Count == _buckets.Length)
            Grow();
        flow.MaskedHash = Hash(flow.Key.ReadOnlyWords, Mask.ReadOnlyWords);
        Link(flow);
        Count++;
    }

    public void Remove(DatapathFlow flow)
    {
        ref DatapathFlow? link = ref _buckets[flow.MaskedHash & (_buckets.Length - 1)];
        while (link is not null)
        {
            if (ReferenceEquals(link, flow))
            {
                link = flow.NextInMask;
                flow.NextInMask = null;
                Count--;
                return;
            }

            link = ref link.NextInMask;
        }
    }

    public void CollectInto(List<DatapathFlow> flows)
    {
        foreach (DatapathFlow? chain in _buckets)
        {
            for (DatapathFlow? flow = chain; flow is not null; flow = flow.NextInMask)
                flows.Add(flow);
        }
    }

    private void Grow()
    {
        DatapathFlow?[] old = _buckets;
        _buckets = new DatapathFlow?[old.Length * 2];
        foreach (DatapathFlow? chain in old)
        {
            for (DatapathFlow? flow = chain; flow is not null;)
            {
                DatapathFlow? next = flow.NextInMask;
                Link(flow);
                flow = next;
            }
        }
    }

    private void Link(DatapathFlow flow)
    {
        ref DatapathFlow? bucket = ref _buckets[flow.MaskedHash & (_buckets.Length - 1)];
        flow.NextInMask = bucket;
        bucket = flow;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Hash(ReadOnlySpan<ulong> words, ReadOnlySpan<ulong> mask)
    {
        KeyedHash.Computation hash = _hash.Start();
        foreach (byte word in _words)
            hash.Add(words[word] & mask[word]);
        return (uint)hash.Finish();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Matches(ReadOnlySpan<ulong> flow, ReadOnlySpan<ulong> words, ReadOnlySpan<ulong> mask)
    {
        foreach (byte word in _words)
        {
            if (flow[word] != (words[word] & mask[word]))
                return false;
        }

        return true;
    }
}
