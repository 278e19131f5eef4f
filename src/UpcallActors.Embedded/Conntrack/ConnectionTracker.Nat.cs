using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <content>Translation: <c>ovs_ct_nat</c>.</content>
internal sealed partial class ConnectionTracker
{
    /// <summary>Translates the packet as its connection, or the action for a new one, has it. False: drop it.</summary>
    private bool TryTranslate(ref TrackedPacket packet, in ConntrackParameters parameters, long now, ref FlowKey key)
    {
        Connection connection = packet.Connection!;
        bool source;
        bool isKnown = packet.Relation != PacketRelation.New && connection.IsTranslated;
        if (isKnown && (packet.Relation != PacketRelation.Related || parameters.Commit))
            source = connection.Has(ConnectionStatus.SourceNat) != packet.IsReply;
        else if ((parameters.Nat & NatOptions.Source) != 0)
            source = true;
        else if ((parameters.Nat & NatOptions.Destination) != 0)
            source = false;
        else
            return true;

        var range = NatRange.Of(in parameters);
        if (!TryTranslateSide(ref packet, in range, source, now, ref key))
            return false;
        if (!connection.Has(ConnectionStatus.DestinationNat))
            return true;
        if (connection.Has(ConnectionStatus.SourceNat))
            return TryTranslateSide(ref packet, in range, !source, now, ref key);
        // A translated destination may make the source's port ambiguous: that side gets its (null) translation too.
        NatRange keep = default;
        return packet.IsReply || TryTranslateSide(ref packet, in keep, source: true, now, ref key);
    }

    /// <summary><c>ovs_ct_nat_execute</c>: decides a side's translation if the connection is new, and applies it.</summary>
    private bool TryTranslateSide(ref TrackedPacket packet, in NatRange range, bool source, long now, ref FlowKey key)
    {
        Connection connection = packet.Connection!;
        if (packet.IsRelated)
        {
            if (!NatTranslation.TryTranslateError(ref packet, source))
                return false;
        }
        else
        {
            ConnectionStatus done = source ? ConnectionStatus.SourceNatDone : ConnectionStatus.DestinationNatDone;
            if (packet.Relation == PacketRelation.New && !connection.Has(done))
            {
                UInt128 own = source ? connection.ReplyTuple.Destination : connection.ReplyTuple.Source;
                _nat.Decide(connection, range.HasAddresses ? range : NatRange.Keep(own), source, now);
            }

            if (!NatTranslation.TryTranslate(ref packet, source))
                return false;
        }

        ConntrackKey.UpdateTranslated(ref key, in packet, source);
        return true;
    }
}
