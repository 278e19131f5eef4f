using System.Diagnostics.CodeAnalysis;

namespace UpcallActors.OpenFlow;

/// <summary>
/// What a message says, without its header. A kind of message is one record, and one row per layout in <see cref="MessageForms"/>.
/// </summary>
internal abstract record OpenFlowMessage
{
    /// <summary>Appends the message behind the headers of the form in <paramref name="context"/>.</summary>
    public abstract void Encode(in WireContext context, WireWriter writer);
}

/// <summary>What reads one kind of message, or one part of messages.</summary>
/// <typeparam name="T">The kind.</typeparam>
internal interface IWireDecoder<T>
    where T : class
{
    /// <summary>
    /// Reads the message from behind its headers. Returns the error that the peer gets, or null. Too few bytes may be left to the
    /// caller, who looks at <see cref="WireReader.Failed"/>.
    /// </summary>
    static abstract OpenFlowError? Decode(in WireContext context, ref WireReader body, out T? message);
}

/// <summary>How something is on the wire: the version of the connection and the layout of the message.</summary>
/// <param name="Version">The version.</param>
/// <param name="Form">The layout.</param>
/// <param name="HasTableId">Whether a flow-mod of 1.0 has a table in its command (<see cref="FlowModTableIdMessage"/>).</param>
internal readonly record struct WireContext(OpenFlowVersion Version, MessageForm Form, bool HasTableId)
{
    /// <summary>Whether the layout is one of Nicira's.</summary>
    public bool IsNicira => Form.Space is MessageSpace.Nicira or MessageSpace.NiciraRequest or MessageSpace.NiciraReply;

    /// <summary>Reads a port's number of 16 bits in 1.0, of 32 since.</summary>
    public OpenFlowError? TryReadPort(ref WireReader reader, out uint port)
    {
        port = Version == OpenFlowVersion.V10 ? reader.U16() : reader.U32();
        return WirePorts.TryNarrow(Version, ref port) ? null : BadAction.BadOutPort;
    }

    /// <summary>Writes a port's number of 16 bits in 1.0, of 32 since.</summary>
    public void WritePort(WireWriter writer, uint port)
    {
        if (Version == OpenFlowVersion.V10)
            writer.U16((ushort)port);
        else
            writer.U32(WirePorts.Widen(port));
    }
}

/// <summary>A message without anything: what it is says its form.</summary>
internal sealed record EmptyMessage : OpenFlowMessage, IWireDecoder<EmptyMessage>
{
    private static readonly EmptyMessage _one = new();

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, [NotNull] out EmptyMessage? message)
    {
        message = _one;
        return null;
    }

    public override void Encode(in WireContext context, WireWriter writer)
    {
    }
}
