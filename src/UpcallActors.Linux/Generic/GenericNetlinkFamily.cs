using System.Text;

namespace UpcallActors.Linux;

/// <summary>
/// A family of generic Netlink, as the controller (<c>nlctrl</c>) knows it; constants from <c>include/uapi/linux/genetlink.h</c>.
/// </summary>
/// <param name="Name">Such as <c>ovs_flow</c>.</param>
/// <param name="Id">The <c>nlmsg_type</c> to address it by, assigned when its module was loaded.</param>
/// <param name="Version">Its protocol version.</param>
/// <param name="MulticastGroups">Ids of its multicast groups by name, for <see cref="NetlinkSocket.JoinGroup"/>.</param>
internal sealed record GenericNetlinkFamily(string Name, ushort Id, uint Version, IReadOnlyDictionary<string, uint> MulticastGroups)
{
    private const ushort Controller = 16;
    private const byte NewFamily = 1;
    private const byte GetFamily = 3;
    private const byte ControllerVersion = 2;
    private const ushort FamilyId = 1;
    private const ushort FamilyName = 2;
    private const ushort FamilyVersion = 3;
    private const ushort FamilyGroups = 7;
    private const ushort GroupName = 1;
    private const ushort GroupId = 2;

    /// <summary>
    /// Looks a family up. ENOENT means that the kernel has none of that name, even after trying to load its module.
    /// <paramref name="family"/> is null unless the result is a success.
    /// </summary>
    public static NetlinkResult TryResolve(NetlinkConversation generic, string name, out GenericNetlinkFamily? family)
    {
        var writer = new NetlinkWriter(stackalloc byte[256]);
        int start = writer.BeginMessage(Controller, NetlinkFlags.Request, 0, 0);
        writer.PutGenericHeader(GetFamily, ControllerVersion);
        writer.PutString(FamilyName, name);
        writer.EndMessage(start);
        ArgumentOutOfRangeException.ThrowIfEqual(writer.Overflowed, true, nameof(name));
        GenericNetlinkFamily? found = null;
        NetlinkResult result = generic.Request(writer.Written, answer => found = Parse(answer.Bytes) ?? found);
        family = result.Succeeded ? found : null;
        return result.Succeeded && found is null ? new NetlinkResult(Errno.InputOutput) : result;
    }

    /// <summary>Reads the controller's description of a family; null when the message is none or is malformed.</summary>
    public static GenericNetlinkFamily? Parse(ReadOnlySpan<byte> bytes)
    {
        if (NetlinkMessage.TryRead(bytes, out NetlinkMessage message, out _) != NetlinkParseError.None ||
            message.Type != Controller ||
            GenericNetlinkHeader.TryRead(message.Payload, out GenericNetlinkHeader header,
                out ReadOnlySpan<byte> body) != NetlinkParseError.None ||
            header.Command != NewFamily ||
            NetlinkAttributes.Check(body) != NetlinkParseError.None)
            return null;
        var attributes = new NetlinkAttributes(body);
        if (!attributes.TryFindLast(FamilyId, out NetlinkAttribute id) || id.U16 < NetlinkControlType.FirstFamily
            || !attributes.TryFindLast(FamilyName, out NetlinkAttribute name))
            return null;
        attributes.TryFindLast(FamilyVersion, out NetlinkAttribute version);
        attributes.TryFindLast(FamilyGroups, out NetlinkAttribute groups);
        return new GenericNetlinkFamily(Text(name), id.U16, version.U32, Groups(groups.Payload));
    }

    private static Dictionary<string, uint> Groups(ReadOnlySpan<byte> list)
    {
        var groups = new Dictionary<string, uint>();
        foreach (NetlinkAttribute group in new NetlinkAttributes(list))
        {
            var attributes = new NetlinkAttributes(group.Payload);
            if (attributes.TryFindLast(GroupName, out NetlinkAttribute name) && attributes.TryFindLast(GroupId, out NetlinkAttribute id))
                groups[Text(name)] = id.U32;
        }

        return groups;
    }

    private static string Text(NetlinkAttribute name)
    {
        int end = name.Payload.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? name.Payload : name.Payload[..end]);
    }
}
