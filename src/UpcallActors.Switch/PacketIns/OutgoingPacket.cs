using Akka.Actor;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// A packet on its way through a connection, which takes it if it has room (<c>rconn_send_with_limit</c>), and else drops it.
/// </summary>
internal sealed class OutgoingPacket(PacketInSender sender, PacketInType type, OutgoingMessage message) : Outgoing
{
    /// <summary>Whether it may wait for the peer to read those before.</summary>
    public bool HasRoom => sender.HasRoom;

    /// <summary>It is taken, or dropped if it has no room. Whether it is taken: it is to be sent then.</summary>
    public bool TryEnter()
    {
        if (HasRoom)
        {
            sender.NoteTaken();
            return true;
        }

        sender.NoteOverflow(type);
        return false;
    }

    /// <inheritdoc/>
    public override bool TryEncodeNext(WireWriter writer)
    {
        if (!message.TryEncodeNext(writer))
            return false;
        sender.NoteSent(type);
        return true;
    }
}

/// <summary>To a connection: packets for the peer, those that have come by now.</summary>
internal sealed record PacketInBatch(IReadOnlyList<OutgoingPacket> Packets) : INoSerializationVerificationNeeded;
