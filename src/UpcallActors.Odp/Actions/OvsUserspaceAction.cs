using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>A userspace action: send the packet up as an ACTION upcall. Borrows the cookie from the message.</summary>
internal readonly ref struct OvsUserspaceAction
{
    /// <summary>Netlink port id; <see cref="uint.MaxValue"/> with per-CPU dispatch, where the datapath chooses.</summary>
    public uint Pid { get; init; }

    /// <summary>The cookie; empty for none.</summary>
    public ReadOnlySpan<byte> UserData { get; init; }

    /// <summary>The port whose egress tunnel key is wanted, null for none.</summary>
    public uint? EgressTunnelPort { get; init; }

    /// <summary>Whether the flow's actions are wanted.</summary>
    public bool WithActions { get; init; }

    /// <summary>
    /// Reads the payload of <c>OVS_ACTION_ATTR_USERSPACE</c>; PID is mandatory, as in the kernel's <c>validate_userspace</c>.
    /// </summary>
    public static OdpParseError TryParse(ReadOnlySpan<byte> nested, out OvsUserspaceAction action)
    {
        action = default;
        uint? pid = null;
        ReadOnlySpan<byte> userData = default;
        uint? egress = null;
        bool withActions = false;
        var list = new NetlinkAttributes(nested).GetEnumerator();
        while (list.MoveNext())
        {
            NetlinkAttribute attribute = list.Current;
            switch (attribute.Type)
            {
                case OvsUserspaceAttribute.Pid or OvsUserspaceAttribute.EgressTunnelPort when attribute.Payload.Length != sizeof(uint):
                    return OdpParseError.AttributeSize;
                case OvsUserspaceAttribute.Pid:
                    pid = attribute.U32;
                    break;
                case OvsUserspaceAttribute.UserData:
                    userData = attribute.Payload;
                    break;
                case OvsUserspaceAttribute.EgressTunnelPort:
                    egress = attribute.U32;
                    break;
                case OvsUserspaceAttribute.Actions:
                    withActions = true;
                    break;
                default:
                    break;
            }
        }

        if (list.Error != NetlinkParseError.None)
            return OdpParseError.Netlink;
        if (pid is null)
            return OdpParseError.AttributeMissing;
        action = new OvsUserspaceAction { Pid = pid.Value, UserData = userData, EgressTunnelPort = egress, WithActions = withActions };
        return OdpParseError.None;
    }

    /// <summary>Writes the action in the order of <c>odp_put_userspace_action</c>.</summary>
    public void Write(ref NetlinkWriter writer)
    {
        int nest = writer.BeginNest(OvsActionAttribute.Userspace);
        writer.PutU32(OvsUserspaceAttribute.Pid, Pid);
        if (!UserData.IsEmpty)
            writer.Put(OvsUserspaceAttribute.UserData, UserData);
        if (EgressTunnelPort is { } port)
            writer.PutU32(OvsUserspaceAttribute.EgressTunnelPort, port);
        if (WithActions)
            writer.PutFlag(OvsUserspaceAttribute.Actions);
        writer.EndNest(nest);
    }
}
