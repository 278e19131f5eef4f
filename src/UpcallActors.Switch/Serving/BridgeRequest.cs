using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>A message of a client while its bridge answers it.</summary>
internal sealed class BridgeRequest(ServedBridge bridge, OpenFlowClient client, in ReceivedMessage received, List<Outgoing> replies)
{
    private readonly ReceivedMessage _received = received;

    /// <summary>The bridge.</summary>
    public ServedBridge Bridge => bridge;

    /// <summary>The client.</summary>
    public OpenFlowClient Client => client;

    /// <summary>The client's version.</summary>
    public OpenFlowVersion Version => client.Version;

    /// <summary>The transaction, which the answer repeats.</summary>
    public uint Xid => _received.Header.Xid;

    /// <summary>The message as it came.</summary>
    public byte[] Bytes => _received.Bytes;

    /// <summary>What it says.</summary>
    public DecodedMessage Message => _received.Message!;

    /// <summary>Whether it is in one of Nicira's layouts.</summary>
    public bool IsNicira => Message.Form.Space is MessageSpace.Nicira or MessageSpace.NiciraRequest;

    /// <summary>Who makes the changes that it asks for.</summary>
    public ChangeOrigin Origin => new(ChangeSource.Connection, client.Number, Xid);

    /// <summary>The packet that it has sent when the others of its bundle are done; null for none.</summary>
    public PreparedPacket? Prepared { get; set; }

    /// <summary>Another message of the same client, one of a bundle, whose answers come with this one's.</summary>
    public BridgeRequest For(in ReceivedMessage message) => new(bridge, client, message, replies);

    /// <summary>Answers with a message, in the layout that goes with the request's.</summary>
    public void Reply(MessageType type, OpenFlowMessage body) =>
        replies.Add(new OutgoingMessage(_received.Header.Version, Xid, FormOf(type), body));

    /// <summary>Answers with a list, whose entries are asked for while it is sent.</summary>
    public void ReplyAll<T>(MessageType type, IEnumerable<T> entries)
        where T : class, IWireDecoder<T>, IWireEntry =>
        replies.Add(new OutgoingList<T>(new MultipartReply<T>((byte)Version, Xid, FormOf(type), entries.GetEnumerator())));

    /// <summary>Answers with what was encoded before.</summary>
    public void Reply(Outgoing reply) => replies.Add(reply);

    /// <summary>Refuses the message; the answer has it whole.</summary>
    public void Refuse(OpenFlowError error) => Refuse(error, Xid, Bytes);

    /// <summary>Refuses another message than this one: one of a bundle.</summary>
    public void Refuse(OpenFlowError error, uint xid, byte[] message)
    {
        MessageForm form = MessageForms.Find(MessageType.Error, Version)!;
        replies.Add(new OutgoingMessage((byte)Version, xid, form, ErrorMessage.Refuse(Version, error, message)));
    }

    /// <summary>The layout of the reply: an extension's if the request's is one.</summary>
    private MessageForm FormOf(MessageType type) => MessageForms.FindReply(Message.Form, type, Version);
}
