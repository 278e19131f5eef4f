using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>A sample action: apply <see cref="Actions"/> to some packets. Borrows from the message.</summary>
internal readonly ref struct OvsSampleAction
{
    /// <summary>How likely, out of <see cref="uint.MaxValue"/>, which is always.</summary>
    public uint Probability { get; init; }

    /// <summary>Nested actions; may be empty.</summary>
    public ReadOnlySpan<byte> Actions { get; init; }

    /// <summary>
    /// Reads the payload of <c>OVS_ACTION_ATTR_SAMPLE</c>; both parts are mandatory, as in the kernel's <c>validate_and_copy_sample</c>.
    /// </summary>
    public static OdpParseError TryParse(ReadOnlySpan<byte> nested, out OvsSampleAction action)
    {
        action = default;
        if (NetlinkAttributes.Check(nested) != NetlinkParseError.None)
            return OdpParseError.Netlink;
        var list = new NetlinkAttributes(nested);
        if (!list.TryFindLast(OvsSampleAttribute.Probability, out NetlinkAttribute probability)
            || !list.TryFindLast(OvsSampleAttribute.Actions, out NetlinkAttribute actions))
            return OdpParseError.AttributeMissing;
        if (probability.Payload.Length != sizeof(uint))
            return OdpParseError.AttributeSize;
        action = new OvsSampleAction { Probability = probability.U32, Actions = actions.Payload };
        return OdpParseError.None;
    }

    /// <summary>Writes the action.</summary>
    public void Write(ref NetlinkWriter writer)
    {
        int nest = writer.BeginNest(OvsActionAttribute.Sample);
        writer.PutU32(OvsSampleAttribute.Probability, Probability);
        writer.Put(OvsSampleAttribute.Actions, Actions);
        writer.EndNest(nest);
    }
}
