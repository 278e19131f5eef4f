using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>One or several messages for a peer, each encoded when it is its turn.</summary>
internal abstract class Outgoing
{
    /// <summary>Whether what it answers with is held until it is encoded to the end.</summary>
    public virtual bool IsList => false;

    /// <summary>Whether it is known that no message is left.</summary>
    public virtual bool IsOver => false;

    /// <summary>Appends the next message; false if there is none left.</summary>
    public abstract bool TryEncodeNext(WireWriter writer);
}

/// <summary>One message.</summary>
internal sealed class OutgoingMessage(byte version, uint xid, MessageForm form, OpenFlowMessage body) : Outgoing
{
    private bool _isDone;

    /// <inheritdoc/>
    public override bool IsOver => _isDone;

    /// <summary>What message it is.</summary>
    public MessageType Type => form.Type;

    /// <summary>What it says.</summary>
    public OpenFlowMessage Body => body;

    /// <inheritdoc/>
    public override bool TryEncodeNext(WireWriter writer)
    {
        if (_isDone)
            return false;
        _isDone = true;
        OpenFlowCodec.Encode(writer, version, xid, form, body);
        return true;
    }
}

/// <summary>The messages of a list (<see cref="MultipartReply{T}"/>).</summary>
internal sealed class OutgoingList<T>(MultipartReply<T> list) : Outgoing
    where T : class, IWireDecoder<T>, IWireEntry
{
    /// <inheritdoc/>
    public override bool IsList => true;

    /// <inheritdoc/>
    public override bool IsOver => list.IsOver;

    /// <inheritdoc/>
    public override bool TryEncodeNext(WireWriter writer) => list.TryEncodeNext(writer);
}
