using System.Collections.Immutable;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>A packet for controllers: what an upcall says that a controller's userspace action has sent up.</summary>
internal sealed record ControllerPacket
{
    /// <summary>The bridge that it is in.</summary>
    public required string Bridge { get; init; }

    /// <summary>The frame.</summary>
    public required ImmutableArray<byte> Packet { get; init; }

    /// <summary>
    /// The packet's fields, and the pipeline's state when it was sent. Not the upcall's own: that may say more than the pipeline knew.
    /// </summary>
    public required Flow Flow { get; init; }

    /// <summary>The table whose rule sent it; 0 for a paused one.</summary>
    public byte Table { get; init; }

    /// <summary>The cookie of the rule that sent it, all ones for none.</summary>
    public ulong Cookie { get; init; } = ulong.MaxValue;

    /// <summary>Why it was sent.</summary>
    public ControllerReason Reason { get; init; }

    /// <summary>Which controllers it is for.</summary>
    public ushort ControllerId { get; init; }

    /// <summary>How much of it the rule would send. Controllers get all of it, since nothing keeps the rest for them.</summary>
    public ushort MaximumLength { get; init; }

    /// <summary>What the rule gives along.</summary>
    public ImmutableArray<byte> UserData { get; init; } = [];

    /// <summary>What the datapath wants back with it.</summary>
    public PacketOrigin Origin { get; init; }

    /// <summary>How it goes on, if it waits for a controller; null if it does not.</summary>
    public FrozenState? Paused { get; init; }

    /// <summary>The port that it came in on.</summary>
    public uint InPort => Flow.InPort;

    /// <summary>Whether no flow has matched it.</summary>
    public bool IsMiss => IsMissReason(Reason);

    /// <summary>Reads an upcall of a controller's userspace action.</summary>
    /// <param name="message">The upcall, as the datapath sent it.</param>
    /// <param name="upcallPid">Where the datapath shall send what comes of the packet; 0 for anywhere.</param>
    /// <param name="recirculations">Where the states are kept.</param>
    /// <param name="packet">What it says.</param>
    /// <param name="reason">Why it was sent, also when it is its state that is not known.</param>
    public static ControllerPacketError TryRead(ReadOnlySpan<byte> message, uint upcallPid, RecirculationTable recirculations,
        out ControllerPacket? packet, out ControllerReason reason)
    {
        packet = null;
        reason = ControllerReason.Action;
        if (PacketMessage.TryParse(message, out PacketMessage upcall) != OdpParseError.None
            || OvsFlowKeyReader.TryRead(upcall.Key.Of(message), out FlowKey key) != OdpParseError.None
            || !upcall.UserData.IsPresent || !UserspaceCookie.TryRead(upcall.UserData.Of(message), out UserspaceCookie cookie)
            || cookie.Reason != UserspaceReason.Controller)
            return ControllerPacketError.Malformed;
        ControllerRequest request = ControllerRequest.FromArgument(cookie.Argument);
        reason = request.Reason;
        if (request.DontSend)
            return ControllerPacketError.NotToSend;
        if (!recirculations.TryGetState(cookie.RecircId, out FrozenState state))
            return ControllerPacketError.UnknownState;
        var flow = new Flow(key, inPort: 0);
        state.Restore(ref flow);
        if (!state.Conntracked)
            XlateContext.ClearConnection(ref flow.Key);
        packet = new ControllerPacket
        {
            Bridge = state.Bridge,
            Packet = [.. upcall.Packet.Of(message)],
            Flow = flow,
            Table = state.Table,
            Cookie = cookie.RuleCookie,
            Reason = request.Reason,
            ControllerId = request.ControllerId,
            MaximumLength = request.MaximumLength,
            UserData = state.UserData,
            Origin = upcall.Origin with { UpcallPid = upcallPid },
            Paused = request.Pauses ? state : null,
        };
        return ControllerPacketError.None;
    }

    /// <summary>Whether that is the reason of a packet that no flow has matched.</summary>
    public static bool IsMissReason(ControllerReason reason) =>
        reason is ControllerReason.NoMatch or ControllerReason.ExplicitMiss or ControllerReason.ImplicitMiss;
}

/// <summary>Why an upcall is no packet for controllers.</summary>
internal enum ControllerPacketError : byte
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>It is none of a controller's action, or cannot be read.</summary>
    Malformed,

    /// <summary>Its pipeline's state was kept for a flow that went meanwhile.</summary>
    UnknownState,

    /// <summary>Nothing is to be sent: a trace only told of it.</summary>
    NotToSend,
}
