namespace UpcallActors.OpenFlow;

/// <summary>Connection tracking, and actions on a copy of the packet, from bytes.</summary>
internal static class ConntrackActionsDecoder
{
    internal const ushort NatType = 36;
    internal const int NatLength = 16;
    internal const ushort CommitFlag = 1;
    internal const ushort ForceFlag = 2;
    internal const byte NoTable = 255;
    internal const ushort FtpPort = 21;
    internal const ushort TftpPort = 69;

    [Flags]
    internal enum NatFlags : ushort
    {
        None = 0,
        Source = 1,
        Destination = 2,
        Persistent = 4,
        Hash = 8,
        Random = 16,
        All = 31,
    }

    [Flags]
    internal enum NatParts : ushort
    {
        None = 0,
        Ipv4First = 1,
        Ipv4Last = 2,
        Ipv6First = 4,
        Ipv6Last = 8,
        PortFirst = 16,
        PortLast = 32,
        All = 63,
    }

    /// <summary><c>decode_NXAST_RAW_CT</c>.</summary>
    public static OpenFlowError? Conntrack(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        action = null;
        ushort flags = body.U16();
        WireReader zoneSource = body;
        body.Skip(sizeof(uint));
        ushort zone = body.U16();
        byte table = body.U8();
        body.Skip(3);
        ushort helper = body.U16();
        bool commits = (flags & CommitFlag) != 0;
        bool forces = (flags & ForceFlag) != 0;
        if (forces && !commits)
            return BadAction.BadArgument;
        SubField? zoneField = null;
        if (zoneSource.Rest[..sizeof(uint)].ContainsAnyExcept((byte)0))
        {
            var header = new WireReader(zoneSource.Rest[..sizeof(uint)]);
            if (OutputActionsDecoder.TakeSource(ref header, zone, out SubField field) is { } badZone)
                return badZone;
            if (field.Length != sizeof(ushort) * 8)
                return BadAction.BadSetLength;
            zoneField = field;
            zone = 0;
        }

        var inner = new WireReader(body.TakeRest());
        ActionContext inside = context with { NestingLeft = context.NestingLeft - 1 };
        if (ActionListCodec.Decode(inside, inner, ActionList.ListPlace.Conntrack, out ActionList exec, out NatAction? nat) is { } error)
            return error;
        if (helper is not (0 or FtpPort or TftpPort))
            return BadAction.BadArgument;
        var made = ConntrackAction.Of(
            commits,
            forces,
            table == NoTable ? null : table,
            zone,
            zoneField,
            nat,
            exec,
            helper switch { FtpPort => "ftp", TftpPort => "tftp", _ => null });
        action = made;
        return made.NeedsCommit is not null && !commits ? BadAction.BadArgument : null;
    }

    public static OpenFlowError? Clear(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        action = new ConntrackClearAction();
        return null;
    }

    public static OpenFlowError? Clone(in ActionContext context, ref WireReader body, out OpenFlowAction? action)
    {
        action = null;
        body.Skip(6);
        var inner = new WireReader(body.TakeRest());
        ActionContext inside = context with { NestingLeft = context.NestingLeft - 1 };
        if (ActionListCodec.Decode(inside, inner, ActionList.ListPlace.Clone, out ActionList actions, out _) is { } error)
            return error;
        action = new CloneAction(actions);
        return null;
    }

    /// <summary><c>decode_NXAST_RAW_NAT</c>.</summary>
    internal static OpenFlowError? Nat(ref WireReader body, out NatAction? nat)
    {
        nat = null;
        body.Skip(sizeof(ushort));
        var flags = (NatFlags)body.U16();
        var parts = (NatParts)body.U16();
        bool hasIpv4 = parts.HasFlag(NatParts.Ipv4First);
        bool hasIpv6 = parts.HasFlag(NatParts.Ipv6First);
        bool hasPorts = parts.HasFlag(NatParts.PortFirst);
        if ((flags & ~NatFlags.All) != 0
            || (flags & (NatFlags.Source | NatFlags.Destination)) == (NatFlags.Source | NatFlags.Destination)
            || (flags & (NatFlags.Hash | NatFlags.Random)) == (NatFlags.Hash | NatFlags.Random)
            || (hasIpv4 && (parts & (NatParts.Ipv6First | NatParts.Ipv6Last)) != 0)
            || (!hasIpv4 && parts.HasFlag(NatParts.Ipv4Last))
            || (!hasIpv6 && parts.HasFlag(NatParts.Ipv6Last))
            || (hasPorts && !hasIpv4 && !hasIpv6)
            || (!hasPorts && parts.HasFlag(NatParts.PortLast)))
            return BadAction.BadArgument;
        int width = hasIpv4 ? 4 : hasIpv6 ? 16 : 0;
        UInt128 first = body.Number(width);
        UInt128 last = (parts & (NatParts.Ipv4Last | NatParts.Ipv6Last)) != 0 ? body.Number(width) : first;
        ushort firstPort = hasPorts ? body.U16() : (ushort)0;
        ushort lastPort = parts.HasFlag(NatParts.PortLast) ? body.U16() : firstPort;
        if (body.Failed || (width > 0 && first == 0) || last < first || (hasPorts && firstPort == 0) || lastPort < firstPort)
            return BadAction.BadArgument;
        NatTarget target = flags.HasFlag(NatFlags.Source) ? NatTarget.Source
            : flags.HasFlag(NatFlags.Destination) ? NatTarget.Destination
            : NatTarget.Existing;
        if (target == NatTarget.Existing && (flags != NatFlags.None || parts != NatParts.None))
            return BadAction.BadArgument;
        nat = new NatAction
        {
            Target = target,
            AddressBytes = width,
            First = first,
            Last = last,
            FirstPort = firstPort,
            LastPort = lastPort,
            Persistent = flags.HasFlag(NatFlags.Persistent),
            Ports = flags.HasFlag(NatFlags.Hash) ? NatPorts.Hash : flags.HasFlag(NatFlags.Random) ? NatPorts.Random : NatPorts.Default,
        };
        return null;
    }
}
