using System.Collections.Immutable;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>
/// What a translation must remember across a recirculation: where to go on and the pipeline's state at that point
/// (<c>struct frozen_state</c> of Open vSwitch). Equal by content, so that the same state always gets the same id.
/// </summary>
/// <remarks>
/// The packet's MRU and hash are not part of it: they stay with the packet in the datapath, which shows them again in the upcall after
/// the recirculation. So does the tunnel it came from; of that only the fields are kept that actions can write and that every megaflow
/// of a packet from a tunnel matches. The others (TTL, UDP source port) differ from packet to packet of a megaflow, which has one id.
/// </remarks>
internal sealed class FrozenState : IEquatable<FrozenState>
{
    /// <summary>Registers and tunnel fields hold what packets hold.</summary>
    private static readonly KeyedHash _hash = KeyedHash.Create();

    // tun_id, tun_src, tun_dst, tun_ipv6_src and tun_ipv6_dst.
    private static readonly int _tunnelWords = FlowKeyFields.TunFlags.Word;

    private FrozenActions[] _actions = [];
    private int _actionCount;
    private readonly ulong[] _words = new ulong[Flow.KeyStart + _tunnelWords];

    /// <summary>The bridge to go on in, by name: it outlives a change of the configuration.</summary>
    public string Bridge { get; private set; } = "";

    /// <summary>The table to look the packet up in.</summary>
    public byte Table { get; private set; }

    /// <summary>The port that rules see the packet come in on.</summary>
    public uint InPort
    {
        get
        {
            var flow = default(Flow);
            _words.AsSpan(0, Flow.KeyStart).CopyTo(flow.PipelineState);
            return flow.InPort;
        }
    }

    /// <summary>Whether the packet has been through conntrack, so that its connection's fields mean something.</summary>
    public bool Conntracked { get; private set; }

    /// <summary>What a <c>controller(userdata=…)</c> action sends to the controller.</summary>
    public ImmutableArray<byte> UserData { get; private set; } = [];

    /// <summary>What is left to do instead of a lookup, the innermost list first; empty if the packet is looked up.</summary>
    public ReadOnlySpan<FrozenActions> Actions => _actions.AsSpan(0, _actionCount);

    /// <summary>Whether conntrack may have put the packet together from fragments, though it has no connection any more.</summary>
    public bool MayBeReassembled { get; private set; }

    /// <summary>
    /// Whether the datapath has hashed the packet. A flow's key has only those bits of the hash that the flow looks at, which may all be 0.
    /// </summary>
    public bool IsHashed { get; private set; }

    /// <summary>
    /// Whether the packet has come from another bridge: of the tunnel that it came from before, which the datapath still shows, nothing
    /// is seen here.
    /// </summary>
    public bool IsBehindPatch { get; private set; }

    /// <summary>Takes the state of a translation.</summary>
    public void Capture(string bridge, byte table, bool conntracked, ref Flow flow, ImmutableArray<byte> userData,
        ReadOnlySpan<FrozenActions> actions, bool mayBeReassembled, bool isBehindPatch, bool isHashed = false)
    {
        IsBehindPatch = isBehindPatch;
        if (_actions.Length < actions.Length)
            _actions = new FrozenActions[actions.Length];
        actions.CopyTo(_actions);
        _actionCount = actions.Length;
        MayBeReassembled = mayBeReassembled;
        IsHashed = isHashed;
        Bridge = bridge;
        Table = table;
        Conntracked = conntracked;
        UserData = userData;
        flow.PipelineState.CopyTo(_words);
        flow.Key.Words[.._tunnelWords].CopyTo(_words.AsSpan(Flow.KeyStart));
    }

    /// <summary>Puts the pipeline's state back into a flow.</summary>
    public void Restore(ref Flow flow)
    {
        _words.AsSpan(0, Flow.KeyStart).CopyTo(flow.PipelineState);
        if (IsBehindPatch)
            flow.Key.Words[..FlowKeyFields.DatapathPort.Word].Clear();
        _words.AsSpan(Flow.KeyStart).CopyTo(flow.Key.Words);
    }

    /// <summary>A copy to keep.</summary>
    public FrozenState Clone()
    {
        var copy = new FrozenState
        {
            Bridge = Bridge,
            Table = Table,
            Conntracked = Conntracked,
            UserData = UserData,
            MayBeReassembled = MayBeReassembled,
            IsBehindPatch = IsBehindPatch,
            IsHashed = IsHashed,
            _actions = Actions.ToArray(),
            _actionCount = _actionCount,
        };
        _words.CopyTo(copy._words, 0);
        return copy;
    }

    /// <inheritdoc/>
    public bool Equals(FrozenState? other) =>
        other is not null && Table == other.Table && Conntracked == other.Conntracked && Bridge == other.Bridge
        && MayBeReassembled == other.MayBeReassembled && IsHashed == other.IsHashed
        && IsBehindPatch == other.IsBehindPatch && Actions.SequenceEqual(other.Actions)
        && UserData.AsSpan().SequenceEqual(other.UserData.AsSpan())
        && _words.AsSpan().SequenceEqual(other._words);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FrozenState);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        KeyedHash.Computation hash = _hash.Start();
        foreach (ulong word in _words)
            hash.Add(word);
        hash.Add(((ulong)Table << 4) | (Conntracked ? 1UL : 0) | (MayBeReassembled ? 2UL : 0) | (IsHashed ? 4UL : 0)
            | (IsBehindPatch ? 8UL : 0));
        hash.Add((ulong)(uint)UserDataHash() << 32 | (uint)Bridge.Length);
        hash.Add((ulong)_actionCount << 32 | (_actionCount == 0 ? 0u : (uint)_actions[0].GetHashCode()));
        return (int)hash.Finish();
    }

    // What controller actions say is the rules' owner's to choose.
    private int UserDataHash()
    {
        var hash = default(HashCode);
        hash.AddBytes(UserData.AsSpan());
        return hash.ToHashCode();
    }
}
