namespace UpcallActors.OpenFlow;

/// <summary>Where the number of a message is looked up: what its headers are.</summary>
internal enum MessageSpace : byte
{
    /// <summary><c>OFPT_*</c>.</summary>
    Standard,

    /// <summary><c>NXT_*</c>, an experimenter's message.</summary>
    Nicira,

    /// <summary><c>ONFT_*</c>, an experimenter's message.</summary>
    Onf,

    /// <summary><c>OFPST_*</c> or <c>OFPMP_*</c>, a request for statistics.</summary>
    Request,

    /// <summary>The reply to it.</summary>
    Reply,

    /// <summary><c>NXST_*</c>, an experimenter's request for statistics.</summary>
    NiciraRequest,

    /// <summary>The reply to it.</summary>
    NiciraReply,

    /// <summary><c>ONFST_*</c>, an experimenter's request for statistics.</summary>
    OnfRequest,

    /// <summary>The reply to it.</summary>
    OnfReply,
}

/// <summary>Reads what is behind the headers of a message.</summary>
internal delegate OpenFlowError? MessageDecoder(in WireContext context, ref WireReader body, out OpenFlowMessage? message);

/// <summary>A layout of a message: a row of <see cref="MessageForms"/>.</summary>
/// <param name="Type">What message it is.</param>
/// <param name="Name">Open vSwitch's name for the layout (<c>enum ofpraw</c>).</param>
/// <param name="Space">What its headers are.</param>
/// <param name="Number">Its number there.</param>
/// <param name="First">The first version with it.</param>
/// <param name="Last">The last version with it.</param>
/// <param name="Length">Bytes behind the headers that there are at least.</param>
/// <param name="Multiple">What there may be behind them comes in multiples of so many bytes; 0 for nothing.</param>
/// <param name="Decode">Reads it.</param>
internal sealed record MessageForm(
    MessageType Type,
    string Name,
    MessageSpace Space,
    uint Number,
    OpenFlowVersion First,
    OpenFlowVersion Last,
    int Length,
    int Multiple,
    MessageDecoder Decode)
{
    /// <summary>Whether the headers have flags that say whether more is to come.</summary>
    public bool IsMultipart => Space >= MessageSpace.Request;

    /// <summary>Whether a switch sends it in answer to another message.</summary>
    public bool IsMultipartReply => Space is MessageSpace.Reply or MessageSpace.NiciraReply or MessageSpace.OnfReply;

    /// <summary>Whether an experimenter's headers are part of it.</summary>
    public bool IsExperimental => Space is not (MessageSpace.Standard or MessageSpace.Request or MessageSpace.Reply);

    /// <summary>Whether so many bytes can be behind the headers (<c>ofpraw_check_length</c>).</summary>
    public bool Allows(int bytes) =>
        bytes == Length || (bytes > Length && Multiple > 0 && (bytes - Length) % Multiple == 0);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
