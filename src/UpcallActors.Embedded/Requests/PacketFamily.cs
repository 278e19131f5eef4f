using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>The <c>ovs_packet</c> family's one request, EXECUTE. Under the datapath's lock.</summary>
internal sealed class PacketFamily(PacketProcessor processor, UpcallDispatch upcalls)
{
    /// <summary>
    /// Carries out an EXECUTE. Attributes not known are passed over and the last of each type counts, so the message may be an upcall
    /// turned in place, with its own ACTIONS before the appended ones.
    /// </summary>
    public Errno Handle(EmbeddedRequest request)
    {
        if (request.Command != (byte)PacketCommand.Execute)
            return Errno.NotSupported;
        if (PacketMessage.TryParse(request.Message, out PacketMessage parsed) != OdpParseError.None
            || !parsed.Packet.IsPresent || !parsed.Key.IsPresent
            || !request.TryFind(OvsPacketAttribute.Actions, out NetlinkAttribute actions))
            return Errno.Invalid;
        if (OvsFlowKeyReader.TryRead(parsed.Key.Of(request.Message), out FlowKey key) != OdpParseError.None || key.PacketType != 0)
            return Errno.Invalid;
        return processor.Execute(parsed.Packet.Of(request.Message), ref key, parsed.Origin, upcalls.HandlerOf(parsed.Origin.UpcallPid),
            request.ActionsOf(actions));
    }
}
