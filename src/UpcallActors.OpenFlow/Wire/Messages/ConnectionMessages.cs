using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>Whether flow-mods have a table's number in the high byte of the command (<c>NXT_FLOW_MOD_TABLE_ID</c>).</summary>
internal sealed record FlowModTableIdMessage(bool IsOn) : OpenFlowMessage, IWireDecoder<FlowModTableIdMessage>
{
    private const int Padding = 7;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out FlowModTableIdMessage? message)
    {
        message = new FlowModTableIdMessage(body.U8() != 0);
        body.Skip(Padding);
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.U8(IsOn ? (byte)1 : (byte)0);
        writer.Zero(Padding);
    }
}

/// <summary>
/// A number of 16 bits behind six bytes: a controller (<c>NXT_SET_CONTROLLER_ID</c>) or a zone (<c>NXT_CT_FLUSH_ZONE</c>).
/// </summary>
internal sealed record ShortNumberMessage(ushort Value) : OpenFlowMessage, IWireDecoder<ShortNumberMessage>
{
    private const int Padding = 6;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out ShortNumberMessage? message)
    {
        message = null;
        if (body.Take(Padding).ContainsAnyExcept((byte)0))
            return BadRequest.MustBeZero;
        message = new ShortNumberMessage(body.U16());
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.Zero(Padding);
        writer.U16(Value);
    }
}

/// <summary>What a controller may do (<c>ofp12_controller_role</c>).</summary>
internal enum ControllerRole : uint
{
    /// <summary>As before: the controller asks what it is.</summary>
    NoChange,

    /// <summary>All, as others may.</summary>
    Equal,

    /// <summary>All, which others then may not.</summary>
    Primary,

    /// <summary>Read.</summary>
    Secondary,
}

/// <summary>A controller's role, asked for or answered (<c>OFPT_ROLE_*</c>, <c>NXT_ROLE_*</c>).</summary>
/// <param name="Role">The role.</param>
/// <param name="GenerationId">Which election it comes of; all ones if none is known. Not in Nicira's form.</param>
internal sealed record RoleMessage(ControllerRole Role, ulong GenerationId) : OpenFlowMessage, IWireDecoder<RoleMessage>
{
    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out RoleMessage? message)
    {
        message = null;
        uint role = body.U32();
        ulong generation = ulong.MaxValue;
        if (context.IsNicira)
        {
            role++;
        }
        else
        {
            body.Skip(sizeof(uint));
            generation = body.U64();
        }

        if (role > (uint)ControllerRole.Secondary || (context.IsNicira && role == 0))
            return RoleRequestFailed.BadRole;
        message = new RoleMessage((ControllerRole)role, generation);
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        if (context.IsNicira)
        {
            writer.U32((uint)Role - 1);
            return;
        }

        writer.U32((uint)Role);
        writer.Zero(sizeof(uint));
        writer.U64(GenerationId);
    }
}

/// <summary>Which messages a controller gets unasked, of one kind in one role.</summary>
/// <param name="Property">
/// Kind and role (<c>ofp14_async_config_prop_type</c>): 0 packet-in, 2 port status, 4 flow removed, 6 role status, 8 table status,
/// 10 forwarded requests; the odd number behind each is a primary's or equal's, the even one a secondary's.
/// </param>
/// <param name="Reasons">The reasons, as bits.</param>
internal readonly record struct AsyncMask(ushort Property, uint Reasons);

/// <summary>Which messages a controller gets unasked (<c>OFPT_*_ASYNC</c>); kinds that are not named stay as they are.</summary>
internal sealed record AsyncConfigMessage(ImmutableArray<AsyncMask> Masks) : OpenFlowMessage, IWireDecoder<AsyncConfigMessage>
{
    // Each reason that a kind has; of packet-ins up to 1.3 the first three.
    private static readonly uint[] _allowed = [0x3f, 0x7, 0x3f, 0x7, 0x18, 0x3];
    private const uint PacketInReasons10 = 0x7;
    private const int LegacyProperties = 6;

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out AsyncConfigMessage? message)
    {
        message = null;
        ImmutableArray<AsyncMask>.Builder masks = ImmutableArray.CreateBuilder<AsyncMask>();
        if (context.Form.Multiple == 0)
        {
            // Of each kind the primary's first.
            for (int i = 0; i < LegacyProperties; i++)
                masks.Add(new AsyncMask((ushort)(i ^ 1), body.U32()));
        }

        while (context.Form.Multiple != 0 && body.Left > 0)
        {
            if (WireProperty.TryTake(ref body, out ushort type, out WireReader payload) is { } broken)
                return broken;
            if (type >= _allowed.Length * 2)
                return AsyncConfigFailed.Unsupported;
            if (payload.Left != sizeof(uint))
                return BadProperty.BadLength;
            masks.Add(new AsyncMask(type, payload.U32()));
        }

        foreach (AsyncMask mask in masks)
        {
            bool isOlderPacketIn = mask.Property < 2 && context.Version < OpenFlowVersion.V14;
            if ((mask.Reasons & ~(isOlderPacketIn ? PacketInReasons10 : _allowed[mask.Property / 2])) != 0)
                return AsyncConfigFailed.Invalid;
        }

        message = new AsyncConfigMessage(masks.ToImmutable());
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        if (context.Form.Multiple == 0)
        {
            for (int i = 0; i < LegacyProperties; i++)
                writer.U32(Masks.FirstOrDefault(mask => mask.Property == (i ^ 1)).Reasons);
            return;
        }

        foreach (AsyncMask mask in Masks)
            WireProperty.Put32(writer, mask.Property, mask.Reasons);
    }
}
