using System.Buffers.Binary;
using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>An <c>ovs_vport</c> message, read or to be written. What is null is not in the message.</summary>
internal sealed record VportMessage
{
    /// <summary>One of <see cref="OvsCommand"/>.</summary>
    public byte Command { get; init; }

    /// <summary>The datapath's <c>dp_ifindex</c>.</summary>
    public int DatapathIfIndex { get; init; }

    /// <summary>Datapath port number.</summary>
    public uint? PortNo { get; init; }

    /// <summary>Type; may be a number that <see cref="OvsVportType"/> does not name.</summary>
    public OvsVportType? Type { get; init; }

    /// <summary>Name of the device.</summary>
    public string? Name { get; init; }

    /// <summary>Options of a tunnel port as they are on the wire (<see cref="OvsTunnelAttribute"/>); empty when absent.</summary>
    public ReadOnlyMemory<byte> Options { get; init; }

    /// <summary>Netlink port ids of upcalls; null when absent, and a request with an empty list is not the same as one without.</summary>
    public IReadOnlyList<uint>? UpcallPids { get; init; }

    /// <summary>Counters.</summary>
    public VportStats? Stats { get; init; }

    /// <summary>The device's ifindex.</summary>
    public uint? IfIndex { get; init; }

    /// <summary>The device's network namespace, when it is another.</summary>
    public int? NetnsId { get; init; }

    /// <summary>Upcalls delivered and failed (kernel 6.3).</summary>
    public (ulong Success, ulong Fail)? UpcallStats { get; init; }

    /// <summary>UDP port of a tunnel (<c>OVS_TUNNEL_ATTR_DST_PORT</c>, host order), null without one.</summary>
    public ushort? TunnelDstPort =>
        new NetlinkAttributes(Options.Span).TryFindLast(OvsTunnelAttribute.DstPort, out NetlinkAttribute port) ? port.U16 : null;

    /// <summary>Reads a message; <paramref name="parsed"/> is null unless the result is <see cref="OdpParseError.None"/>.</summary>
    public static OdpParseError TryParse(ReadOnlySpan<byte> message, out VportMessage? parsed)
    {
        parsed = null;
        OdpParseError error = OvsHeader.TryRead(message, out _, out byte command, out int ifIndex, out ReadOnlySpan<byte> list);
        if (error != OdpParseError.None)
            return error;
        if (command is < OvsCommand.New or > OvsCommand.Set)
            return OdpParseError.UnknownCommand;
        var vport = new VportMessage { Command = command, DatapathIfIndex = ifIndex };
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(list))
        {
            if (attribute.Payload.Length < MinimumLength(attribute.Type)
                || (attribute.Type == OvsVportAttribute.UpcallPid && attribute.Payload.Length % sizeof(uint) != 0))
                return OdpParseError.AttributeSize;
            if (attribute.Type is OvsVportAttribute.Options or OvsVportAttribute.UpcallStats
                && NetlinkAttributes.Check(attribute.Payload) != NetlinkParseError.None)
                return OdpParseError.Netlink;
            vport = vport.With(attribute);
        }

        parsed = vport;
        return OdpParseError.None;
    }

    /// <summary>Writes the message with its attributes in the kernel's order (<c>ovs_vport_cmd_fill_info</c>).</summary>
    public void Write(ref NetlinkWriter writer, ushort family, NetlinkFlags flags, uint sequence, uint portId = 0)
    {
        int start = OvsHeader.Begin(ref writer, family, flags, sequence, Command, OvsFamilyVersion.Vport, DatapathIfIndex, portId);
        if (PortNo is { } portNo)
            writer.PutU32(OvsVportAttribute.PortNo, portNo);
        if (Type is { } type)
            writer.PutU32(OvsVportAttribute.Type, (uint)type);
        if (Name is not null)
            writer.PutString(OvsVportAttribute.Name, Name);
        if (IfIndex is { } ifIndex)
            writer.PutU32(OvsVportAttribute.IfIndex, ifIndex);
        if (NetnsId is { } netns)
            writer.PutU32(OvsVportAttribute.NetnsId, (uint)netns);
        if (Stats is { } stats)
            WriteStats(stats, ref writer);
        if (UpcallStats is { } upcalls)
            WriteUpcallStats(upcalls, ref writer);
        if (UpcallPids is not null)
            U32Array.Write(OvsVportAttribute.UpcallPid, UpcallPids, ref writer);
        if (!Options.IsEmpty)
            writer.Put(OvsVportAttribute.Options, Options.Span);
        writer.EndMessage(start);
    }

    private static void WriteStats(VportStats stats, ref NetlinkWriter writer)
    {
        Span<byte> payload = writer.PutReserved(OvsVportAttribute.Stats, VportStats.Length);
        if (!payload.IsEmpty)
            stats.Write(payload);
    }

    private static void WriteUpcallStats((ulong Success, ulong Fail) upcalls, ref NetlinkWriter writer)
    {
        int nest = writer.BeginNest(OvsVportAttribute.UpcallStats);
        writer.PutU64(0, upcalls.Success);
        writer.PutU64(1, upcalls.Fail);
        writer.EndNest(nest);
    }

    private static int MinimumLength(ushort type) => type switch
    {
        OvsVportAttribute.Stats => VportStats.Length,
        OvsVportAttribute.PortNo or OvsVportAttribute.Type or OvsVportAttribute.IfIndex or OvsVportAttribute.NetnsId => sizeof(uint),
        _ => 0,
    };

    private static (ulong Success, ulong Fail) ReadUpcallStats(ReadOnlySpan<byte> nested)
    {
        var list = new NetlinkAttributes(nested);
        list.TryFindLast(0, out NetlinkAttribute success);
        list.TryFindLast(1, out NetlinkAttribute fail);
        return (success.U64, fail.U64);
    }

    private VportMessage With(NetlinkAttribute attribute) => attribute.Type switch
    {
        OvsVportAttribute.PortNo => this with { PortNo = attribute.U32 },
        OvsVportAttribute.Type => this with { Type = (OvsVportType)attribute.U32 },
        OvsVportAttribute.Name => this with { Name = NetlinkName.Read(attribute.Payload) },
        OvsVportAttribute.Options => this with { Options = attribute.Payload.ToArray() },
        OvsVportAttribute.UpcallPid => this with { UpcallPids = U32Array.Read(attribute.Payload) },
        OvsVportAttribute.Stats => this with { Stats = VportStats.Read(attribute.Payload) },
        OvsVportAttribute.IfIndex => this with { IfIndex = attribute.U32 },
        OvsVportAttribute.NetnsId => this with { NetnsId = BinaryPrimitives.ReadInt32LittleEndian(attribute.Payload) },
        OvsVportAttribute.UpcallStats => this with { UpcallStats = ReadUpcallStats(attribute.Payload) },
        _ => this,
    };
}
