using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// The datapath's flows: one hash table per mask, searched in the order in which the masks came (tuple-space search, as
/// <c>net/openvswitch/flow_table.c</c>), and an index by UFID. Used under the datapath's lock.
/// </summary>
internal sealed class FlowTable
{
    private readonly List<MaskedFlows> _masks = [];
    private readonly Dictionary<UInt128, DatapathFlow> _byUfid = [];

    /// <summary>Flows in the table.</summary>
    public int Count { get; private set; }

    /// <summary>Masks in use.</summary>
    public int MaskCount => _masks.Count;

    /// <summary>Finds the flow that a packet belongs to; <paramref name="masksTried"/> is how many masks were looked at.</summary>
    public DatapathFlow? Find(in FlowKey key, out int masksTried)
    {
        for (int mask = 0; mask < _masks.Count; mask++)
        {
            DatapathFlow? flow = _masks[mask].Find(key);
            if (flow is not null)
            {
                masksTried = mask + 1;
                return flow;
            }
        }

        masksTried = _masks.Count;
        return null;
    }

    /// <summary>Finds a flow by its identifier.</summary>
    public DatapathFlow? FindByUfid(UInt128 ufid) => _byUfid.GetValueOrDefault(ufid);

    /// <summary>Finds the flow without UFID that was put with exactly this key (<c>ovs_flow_tbl_lookup_exact</c>).</summary>
    public DatapathFlow? FindExact(in FlowKey key)
    {
        foreach (MaskedFlows mask in _masks)
        {
            DatapathFlow? flow = mask.Find(key);
            if (flow is { Ufid: null } && flow.UnmaskedKey == key)
                return flow;
        }

        return null;
    }

    /// <summary>Adds a flow that is not there yet.</summary>
    public DatapathFlow Insert(in FlowKey key, in FlowKey mask, UInt128? ufid, byte[] actions)
    {
        MaskedFlows shared = FindOrAddMask(mask);
        var flow = new DatapathFlow(key, shared, ufid, actions);
        shared.Insert(flow);
        if (ufid is { } id)
            _byUfid[id] = flow;
        Count++;
        return flow;
    }

    /// <summary>Takes a flow out.</summary>
    public void Remove(DatapathFlow flow)
    {
        flow.Mask.Remove(flow);
        if (flow.Mask.Count == 0)
            _masks.Remove(flow.Mask);
        if (flow.Ufid is { } id)
            _byUfid.Remove(id);
        Count--;
    }

    /// <summary>Takes all flows out.</summary>
    public void Flush()
    {
        _masks.Clear();
        _byUfid.Clear();
        Count = 0;
    }

    /// <summary>All flows as they are now, for a dump.</summary>
    public DatapathFlow[] Snapshot()
    {
        var flows = new List<DatapathFlow>(Count);
        foreach (MaskedFlows mask in _masks)
            mask.CollectInto(flows);
        return [.. flows];
    }

    /// <summary>A key with a mask applied.</summary>
    public static FlowKey Masked(in FlowKey key, in FlowKey mask)
    {
        FlowKey masked = key;
        Span<ulong> words = masked.Words;
        ReadOnlySpan<ulong> bits = mask.ReadOnlyWords;
        for (int word = 0; word < words.Length; word++)
            words[word] &= bits[word];
        return masked;
    }

    private MaskedFlows FindOrAddMask(in FlowKey mask)
    {
        foreach (MaskedFlows known in _masks)
        {
            if (known.Mask == mask)
                return known;
        }

        var added = new MaskedFlows(mask);
        _masks.Add(added);
        return added;
    }
}
