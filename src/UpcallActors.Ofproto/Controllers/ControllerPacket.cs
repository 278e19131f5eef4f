using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
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
    public bool IsMiss => Reason is ControllerReason.NoMatch or ControllerReason.ExplicitMiss or ControllerReason.ImplicitMiss;

    /// <summary>
    /// Reads an upcall of a controller's userspace action. False when it is none, when its state is not known any more, or when nothing
    /// shall be sent.
    /// </summary>
    /// <param name="message">The upcall, as the datapath sent it.</param>
    /// <param name="upcallPid">Where the datapath shall send what comes of the packet; 0 for anywhere.</param>
    /// <param name="recirculations">Where the states are kept.</param>
    /// <param name="packet">What it says.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> message, uint upcallPid, RecirculationTable recirculations, [NotNullWhen(true)] out ControllerPacket? packet)
    {
        packet = null;
        if (PacketMessage.TryParse(message, out PacketMessage upcall) != OdpParseError.None
            || OvsFlowKeyReader.TryRead(upcall.Key.Of(message), out FlowKey key) != OdpParseError.None
            || !upcall.UserData.IsPresent || !UserspaceCookie.TryRead(upcall.UserData.Of(message), out UserspaceCookie cookie)
            || cookie.Reason != UserspaceReason.Controller || !recirculations.TryGetState(cookie.RecircId, out FrozenState state))
            return false;
        ControllerRequest request = ControllerRequest.FromArgument(cookie.Argument);
        if (request.DontSend)
            return false;
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
        return true;
    }
}
