using System.Collections.Immutable;
using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

/// <summary>Actions of 1.0 and 1.1 that change one header field, from bytes.</summary>
internal static class HeaderActionsDecoder
{
    private const ushort LargestVlan = 0x0fff;
    private const byte LargestPriority = 7;
    private const byte DscpBits = 0xfc;
    private const byte EcnBits = 3;

    public static OpenFlowError? SetVlanId(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        ushort vlan = body.U16();
        action = new ModifyVlanAction(isPriority: false, addsTag: context.Version == OpenFlowVersion.V10, vlan);
        return vlan > LargestVlan ? BadAction.BadArgument : null;
    }

    public static OpenFlowError? SetVlanPriority(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        byte priority = body.U8();
        action = new ModifyVlanAction(isPriority: true, addsTag: context.Version == OpenFlowVersion.V10, priority);
        return priority > LargestPriority ? BadAction.BadArgument : null;
    }

    public static OpenFlowError? StripVlan(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        action = new StripVlanAction(context.Version == OpenFlowVersion.V10 ? "strip_vlan" : "pop_vlan");
        return null;
    }

    public static OpenFlowError? PushVlan(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        ushort tpid = body.U16();
        action = new PushVlanAction(tpid);
        return tpid is EtherTypes.Vlan or EtherTypes.ServiceVlan ? null : BadAction.BadArgument;
    }

    public static OpenFlowError? SetEthernetSource(in ActionContext context, ref WireReader body, out OpenFlowAction? action) =>
        Modify("mod_dl_src", body.U48(), out action);

    public static OpenFlowError? SetEthernetDestination(in ActionContext context, ref WireReader body, out OpenFlowAction? action) =>
        Modify("mod_dl_dst", body.U48(), out action);

    public static OpenFlowError? SetIpSource(in ActionContext context, ref WireReader body, out OpenFlowAction? action) =>
        Modify("mod_nw_src", body.U32(), out action);

    public static OpenFlowError? SetIpDestination(in ActionContext context, ref WireReader body, out OpenFlowAction? action) =>
        Modify("mod_nw_dst", body.U32(), out action);

    public static OpenFlowError? SetTos(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        byte tos = body.U8();
        Modify("mod_nw_tos", tos, out action);
        return (tos & ~DscpBits) != 0 ? BadAction.BadArgument : null;
    }

    public static OpenFlowError? SetEcn(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        byte ecn = body.U8();
        Modify("mod_nw_ecn", ecn, out action);
        return (ecn & ~EcnBits) != 0 ? BadAction.BadArgument : null;
    }

    public static OpenFlowError? SetTtl(in ActionContext context, ref WireReader body, out OpenFlowAction? action) =>
        Modify("mod_nw_ttl", body.U8(), out action);

    public static OpenFlowError? SetSourcePort(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        action = new ModifyPortAction(isSource: true, body.U16());
        return null;
    }

    public static OpenFlowError? SetDestinationPort(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        action = new ModifyPortAction(isSource: false, body.U16());
        return null;
    }

    public static OpenFlowError? DecrementTtl(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        action = new DecrementTtlAction([0]);
        return null;
    }

    public static OpenFlowError? DecrementTtlFor(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        action = null;
        int count = body.U16();
        if (body.Take(sizeof(uint)).ContainsAnyExcept((byte)0))
            return BadAction.MustBeZero;
        if (count * sizeof(ushort) > body.Left)
            return BadAction.BadLength;
        if (count == 0)
            return BadAction.BadArgument;
        ImmutableArray<ushort>.Builder controllers = ImmutableArray.CreateBuilder<ushort>(count);
        for (int i = 0; i < count; i++)
            controllers.Add(body.U16());
        action = new DecrementTtlAction(controllers.MoveToImmutable());
        return null;
    }

    public static OpenFlowError? SetTunnel(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        body.Skip(sizeof(ushort));
        action = new SetTunnelAction(body.U32(), isWide: false);
        return null;
    }

    public static OpenFlowError? SetTunnel64(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        body.Skip(6);
        action = new SetTunnelAction(body.U64(), isWide: true);
        return null;
    }

    private static OpenFlowError? Modify(string name, UInt128 value, out OpenFlowAction? action)
    {
        action = ModifyAction.Of(name, value);
        return null;
    }
}
