using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// What has been credited of flows whose revalidator has failed since, until the next incarnation has taken them over: what they carried
/// before counts once, and what they carried since counts, too. One user at a time.
/// </summary>
internal sealed class CreditedFlows
{
    private Dictionary<Ufid, (ulong Packets, ulong Bytes)> _credited = [];

    /// <summary>Remembers a flow.</summary>
    public void Add(Ukey ukey) => _credited[ukey.Ufid] = (ukey.Packets, ukey.Bytes);

    /// <summary>Forgets a flow: its revalidator knows it again.</summary>
    public void Remove(Ufid ufid) => _credited.Remove(ufid);

    /// <summary>Forgets all, those that the datapath has no more among them.</summary>
    public void Clear()
    {
        if (_credited.Count != 0)
            _credited = [];
    }

    /// <summary>
    /// What is left to be credited of what a flow has carried. With fewer packets than before it is another flow of the same key.
    /// </summary>
    public FlowCredit RestOf(Ufid ufid, FlowCredit carried) =>
        _credited.TryGetValue(ufid, out (ulong Packets, ulong Bytes) before) && before.Packets <= carried.Packets
            ? carried with { Packets = carried.Packets - before.Packets, Bytes = carried.Bytes - before.Bytes }
            : carried;
}
