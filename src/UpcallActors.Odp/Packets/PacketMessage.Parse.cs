using UpcallActors.Linux;

namespace UpcallActors.Odp;

internal readonly partial struct PacketMessage
{
    /// <summary>
    /// Shortest frame an upcall may carry: an Ethernet header (the policy of <c>OVS_PACKET_ATTR_PACKET</c> in the kernel).
    /// </summary>
    public const int MinimumPacketLength = 14;

    /// <summary>
    /// Reads an <c>ovs_packet</c> message: an upcall, or an EXECUTE as the kernel would take it. The last attribute of a type
    /// wins, as in the kernel's <c>nla_parse</c>; attributes not known are left alone. Allocates nothing. All extents count
    /// from the first byte of <paramref name="message"/>.
    /// </summary>
    public static OdpParseError TryParse(ReadOnlySpan<byte> message, out PacketMessage parsed)
    {
        parsed = default;
        OdpParseError error = OvsHeader.TryReadUnchecked(message, out _, out byte command, out int ifIndex,
            out ReadOnlySpan<byte> attributes);
        if (error != OdpParseError.None)
            return error;
        if (command is < (byte)PacketCommand.Miss or > (byte)PacketCommand.Execute)
            return OdpParseError.UnknownCommand;

        var found = default(Found);
        NetlinkAttributes.Enumerator list = new NetlinkAttributes(attributes).GetEnumerator();
        while (list.MoveNext())
        {
            if (!found.Take(list.Current))
                return OdpParseError.AttributeSize;
        }

        if (list.Error != NetlinkParseError.None)
            return OdpParseError.Netlink;
        error = found.Check(message, isExecute: command == (byte)PacketCommand.Execute);
        if (error != OdpParseError.None)
            return error;
        parsed = new PacketMessage
        {
            Command = (PacketCommand)command,
            DatapathIfIndex = ifIndex,
            Packet = found.Packet,
            Key = found.Key,
            Actions = found.Actions,
            UserData = found.UserData,
            EgressTunnelKey = found.EgressTunnelKey,
            Mru = found.MruExtent,
            Origin = new PacketOrigin(found.Mru, found.Hash, found.UpcallPid),
            OriginalLength = found.OriginalLength,
            IsProbe = found.IsProbe,
        };
        return OdpParseError.None;
    }

    private struct Found
    {
        public Extent Packet;
        public Extent Key;
        public Extent Actions;
        public Extent UserData;
        public Extent EgressTunnelKey;
        public Extent MruExtent;
        public ulong Hash;
        public uint UpcallPid;
        public uint OriginalLength;
        public ushort Mru;
        public bool IsProbe;

        /// <summary>
        /// Takes an attribute in; false when its size is wrong. Longer than needed is what <c>nla_policy</c> accepts, too.
        /// </summary>
        public bool Take(NetlinkAttribute attribute)
        {
            int length = attribute.Payload.Length;
            var extent = new Extent(OvsHeader.AttributesOffset + attribute.PayloadOffset, length);
            switch (attribute.Type)
            {
                case OvsPacketAttribute.Packet:
                    Packet = extent;
                    return length >= MinimumPacketLength;
                case OvsPacketAttribute.Key:
                    Key = extent;
                    return true;
                case OvsPacketAttribute.Actions:
                    Actions = extent;
                    return true;
                case OvsPacketAttribute.UserData:
                    UserData = extent;
                    return true;
                case OvsPacketAttribute.EgressTunnelKey:
                    EgressTunnelKey = extent;
                    return true;
                case OvsPacketAttribute.Probe:
                    IsProbe = true;
                    return true;
                case OvsPacketAttribute.Mru:
                    Mru = attribute.U16;
                    MruExtent = extent;
                    return length >= sizeof(ushort);
                case OvsPacketAttribute.Len:
                    OriginalLength = attribute.U32;
                    return length >= sizeof(uint);
                case OvsPacketAttribute.Hash:
                    Hash = attribute.U64;
                    return length >= sizeof(ulong);
                case OvsPacketAttribute.UpcallPid:
                    UpcallPid = attribute.U32;
                    return length >= sizeof(uint);
                default:
                    return true;
            }
        }

        /// <summary>
        /// What the rest of the code relies on: a frame and a key (<c>ovs_packet_cmd_execute</c> refuses an EXECUTE that lacks
        /// one of them or its actions), and nested lists that are well formed at their first level.
        /// </summary>
        public readonly OdpParseError Check(ReadOnlySpan<byte> message, bool isExecute)
        {
            if (!Packet.IsPresent || !Key.IsPresent || (isExecute && !Actions.IsPresent))
                return OdpParseError.AttributeMissing;
            return IsList(Key, message) && IsList(Actions, message) && IsList(EgressTunnelKey, message)
                ? OdpParseError.None
                : OdpParseError.Netlink;
        }

        private static bool IsList(Extent list, ReadOnlySpan<byte> message) =>
            !list.IsPresent || NetlinkAttributes.Check(list.Of(message)) == NetlinkParseError.None;
    }
}
