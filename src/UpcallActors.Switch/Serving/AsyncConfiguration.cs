using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>What a client can be told unasked, in the order of their properties on the wire (<c>enum ofputil_async_msg_type</c>).</summary>
internal enum AsyncKind : byte
{
    /// <summary>A packet for controllers; the reasons are <see cref="ControllerReason"/>.</summary>
    PacketIn,

    /// <summary>A port has come, gone or changed.</summary>
    PortStatus,

    /// <summary>A flow has gone.</summary>
    FlowRemoved,

    /// <summary>Another has become the primary controller.</summary>
    RoleStatus,

    /// <summary>A table is nearly full, or is so no more.</summary>
    TableStatus,

    /// <summary>Another controller has changed groups or meters.</summary>
    RequestForward,
}

/// <summary>Which messages a client gets unasked, by kind, role and reason (<c>struct ofputil_async_cfg</c>). Its bridge's.</summary>
internal sealed class AsyncConfiguration
{
    private const int Kinds = (int)AsyncKind.RequestForward + 1;
    private const int Roles = 2;

    // By property: a secondary's, then a primary's or equal's, of each kind.
    private readonly uint[] _reasons = new uint[Kinds * Roles];

    /// <summary>What a client of a version gets as long as it says nothing.</summary>
    public AsyncConfiguration(OpenFlowVersion version)
    {
        this[AsyncKind.PacketIn, ControllerRole.Primary] = version >= OpenFlowVersion.V14 ? 0x3bu : 0x3;
        this[AsyncKind.PortStatus, ControllerRole.Primary] = 0x7;
        this[AsyncKind.PortStatus, ControllerRole.Secondary] = 0x7;
        this[AsyncKind.FlowRemoved, ControllerRole.Primary] = version switch
        {
            >= OpenFlowVersion.V14 => 0x3f,
            >= OpenFlowVersion.V11 => 0xf,
            _ => 0x7,
        };
    }

    /// <summary>The reasons of a kind for a role, as bits.</summary>
    public uint this[AsyncKind kind, ControllerRole role]
    {
        get => _reasons[PropertyOf(kind, role)];
        set => _reasons[PropertyOf(kind, role)] = value;
    }

    /// <summary>Whether a role is told of a kind for a reason.</summary>
    public bool Wants(AsyncKind kind, ControllerRole role, int reason) => ((this[kind, role] >> reason) & 1) != 0;

    /// <summary>Takes over what a client says; kinds that it does not name stay.</summary>
    public void Set(AsyncConfigMessage message)
    {
        foreach (AsyncMask mask in message.Masks)
            _reasons[mask.Property] = mask.Reasons;
    }

    /// <summary>All of it, to tell the client.</summary>
    public AsyncConfigMessage ToMessage() =>
        new([.. _reasons.Select((reasons, property) => new AsyncMask((ushort)property, reasons))]);

    private static int PropertyOf(AsyncKind kind, ControllerRole role) =>
        ((int)kind * Roles) + (role == ControllerRole.Secondary ? 0 : 1);
}
