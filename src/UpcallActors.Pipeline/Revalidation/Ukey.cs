using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline;

/// <summary>
/// A flow in the datapath as its revalidator knows it (<c>struct udpif_key</c> of Open vSwitch): key,
/// mask and actions as attributes, in one array, since most of them are only ever compared. One owner.
/// </summary>
internal sealed class Ukey
{
    /// <summary>What is no version: the flow is wrong under any.</summary>
    public const ulong NoVersion = ulong.MaxValue;

    private readonly byte[] _match;
    private readonly int _keyLength;
    private byte[] _actions;
    private uint[] _held = [];

    private Ukey(Ufid ufid, byte[] match, int keyLength, byte[] actions)
    {
        Ufid = ufid;
        _match = match;
        _keyLength = keyLength;
        _actions = actions;
    }

    /// <summary>The flow's id.</summary>
    public Ufid Ufid { get; }

    /// <summary>The key's attributes.</summary>
    public ReadOnlySpan<byte> Key => _match.AsSpan(0, _keyLength);

    /// <summary>The mask's attributes.</summary>
    public ReadOnlySpan<byte> Mask => _match.AsSpan(_keyLength);

    /// <summary>The actions that the datapath has.</summary>
    public ReadOnlySpan<byte> Actions => _actions;

    /// <summary>Packets that were credited.</summary>
    public ulong Packets { get; set; }

    /// <summary>Their bytes.</summary>
    public ulong Bytes { get; set; }

    /// <summary>When the flow was used last, by the datapath's clock; 0 for never.</summary>
    public long Used { get; set; }

    /// <summary>When we first saw it, by the datapath's clock.</summary>
    public long Created { get; set; }

    /// <summary>The round that saw it last.</summary>
    public long Round { get; set; }

    /// <summary>Dumps in a row that did not show it.</summary>
    public int MissedDumps { get; set; }

    /// <summary>The version under which its translation was last compared, or <see cref="NoVersion"/>.</summary>
    public ulong Version { get; set; }

    /// <summary>The tables that its last translation was looked up in (<see cref="Translation.VisitedTables"/>).</summary>
    public ulong VisitedTables { get; set; }

    /// <summary>
    /// Makes one of a flow that the datapath reports in full; null when it has
    /// no id, or key, mask or actions are missing or the actions make no sense.
    /// </summary>
    public static Ukey? Of(in FlowMessage flow, ReadOnlySpan<byte> message)
    {
        if (flow.Ufid is not { } ufid || !flow.Key.IsPresent || !flow.Mask.IsPresent || !flow.Actions.IsPresent)
            return null;
        ReadOnlySpan<byte> actions = flow.Actions.Of(message);
        if (OvsActionList.Check(actions) != OdpParseError.None)
            return null;
        return new Ukey(ufid, [.. flow.Key.Of(message), .. flow.Mask.Of(message)], flow.Key.Length, actions.ToArray());
    }

    /// <summary>
    /// Takes note of actions that the datapath is given, and holds their recirculation ids and the key's instead of those before.
    /// </summary>
    public void TakeActions(byte[] actions, IRecirculationIds? recirculations)
    {
        uint[] before = _held;
        _actions = actions;
        Hold(recirculations);
        if (recirculations is null)
            return;
        foreach (uint id in before)
            recirculations.Release(id);
    }

    /// <summary>Holds the recirculation ids of key and actions.</summary>
    public void Hold(IRecirculationIds? recirculations)
    {
        if (recirculations is null)
            return;
        var ids = new List<uint>();
        CollectRecirculationIds(ids);
        _held = [.. ids.Where(recirculations.TryHold)];
    }

    /// <summary>Releases what <see cref="Hold"/> held.</summary>
    public void Release(IRecirculationIds? recirculations)
    {
        if (recirculations is null)
            return;
        foreach (uint id in _held)
            recirculations.Release(id);
        _held = [];
    }

    /// <summary>Adds the recirculation ids of key and actions to a list.</summary>
    public void CollectRecirculationIds(ICollection<uint> ids)
    {
        if (OvsFlowKeyReader.TryRead(Key, out FlowKey key) == OdpParseError.None && key.RecircId != 0)
            ids.Add(key.RecircId);
        ActionComparison.CollectRecirculationIds(Actions, ids);
    }
}
