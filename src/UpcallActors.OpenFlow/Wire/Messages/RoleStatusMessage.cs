namespace UpcallActors.OpenFlow;

/// <summary>A controller's role changed without its doing (<c>OFPT_ROLE_STATUS</c>).</summary>
/// <param name="Role">Its role now.</param>
/// <param name="Reason"><c>OFPCRR_*</c>: 0 another became primary, 1 configuration, 2 experimenter.</param>
/// <param name="GenerationId">Which election it comes of.</param>
internal sealed record RoleStatusMessage(ControllerRole Role, byte Reason, ulong GenerationId)
    : OpenFlowMessage, IWireDecoder<RoleStatusMessage>
{
    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out RoleStatusMessage? message)
    {
        var role = (ControllerRole)body.U32();
        byte reason = body.U8();
        body.Skip(3);
        message = new RoleStatusMessage(role, reason, body.U64());
        body.TakeRest();
        return role > ControllerRole.Secondary ? RoleRequestFailed.BadRole : null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.U32((uint)Role);
        writer.U8(Reason);
        writer.Zero(3);
        writer.U64(GenerationId);
    }
}
