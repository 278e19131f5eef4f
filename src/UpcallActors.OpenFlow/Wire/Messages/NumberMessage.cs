namespace UpcallActors.OpenFlow;

/// <summary>
/// A message that is one number: the format of flows (<c>NXT_SET_FLOW_FORMAT</c>), of packet-ins
/// (<c>NXT_SET_PACKET_IN_FORMAT</c>), a group, a monitor to cancel.
/// </summary>
/// <param name="Value">The number.</param>
internal sealed record NumberMessage(uint Value) : OpenFlowMessage, IWireDecoder<NumberMessage>
{
    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out NumberMessage? message)
    {
        message = new NumberMessage(body.U32());
        body.Skip(context.Form.Length - sizeof(uint));
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
        writer.U32(Value);
        writer.Zero(context.Form.Length - sizeof(uint));
    }
}
