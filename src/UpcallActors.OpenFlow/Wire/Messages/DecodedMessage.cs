namespace UpcallActors.OpenFlow;

/// <summary>A message as it came.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Form">Its layout.</param>
/// <param name="Flags">Of a multipart message its flags, 0 of others.</param>
/// <param name="Body">What it says.</param>
/// <param name="HasTableId">Whether a flow-mod of 1.0 was read with a table in its command.</param>
internal sealed record DecodedMessage(OpenFlowHeader Header, MessageForm Form, ushort Flags, OpenFlowMessage Body, bool HasTableId = false)
{
    /// <summary>The flag of a multipart message that is not the last of its kind (<c>OFPMPF_MORE</c>).</summary>
    public const ushort MoreFlag = 1;

    /// <summary>What message it is.</summary>
    public MessageType Type => Form.Type;
}
