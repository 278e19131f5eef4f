using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>
/// A port of a switch (<c>ofp10_phy_port</c>, <c>ofp11_port</c>, <c>ofp14_port</c>). Bits are those of 1.1 and later, which 1.0 shares as
/// far as it has them: but for features, which it numbers otherwise.
/// </summary>
internal sealed record OpenFlowPort : IWireDecoder<OpenFlowPort>, IWireEntry
{
    private const int NameLength = 16;
    private const int LengthOf14 = 40;
    private const ushort EthernetProperty = 0;

    // OFPPS10_ALL: whether the link is down, and what the spanning tree says. That a port is alive came later.
    private const uint States10 = 0x301;
    private const uint States11 = 7;
    private const int EthernetPayload = 28;

    // From copper on, 1.0 has no room for the three speeds over 10 Gbit/s, and no "other".
    private const int FirstMoved = 7;
    private const int MovedBy = 4;

    /// <summary>Its number.</summary>
    public uint Number { get; init; }

    /// <summary>Its Ethernet address.</summary>
    public ulong HardwareAddress { get; init; }

    /// <summary>Its name, 15 letters at most.</summary>
    public string Name { get; init; } = "";

    /// <summary>What was configured (<c>OFPPC_*</c>).</summary>
    public uint Config { get; init; }

    /// <summary>How it is (<c>OFPPS_*</c>).</summary>
    public uint State { get; init; }

    /// <summary>What it does (<c>OFPPF_*</c>).</summary>
    public uint Current { get; init; }

    /// <summary>What it says that it can do.</summary>
    public uint Advertised { get; init; }

    /// <summary>What it can do.</summary>
    public uint Supported { get; init; }

    /// <summary>What its peer says that it can do.</summary>
    public uint Peer { get; init; }

    /// <summary>Kilobits a second, since 1.1.</summary>
    public uint CurrentSpeed { get; init; }

    /// <summary>Kilobits a second at most, since 1.1.</summary>
    public uint MaximumSpeed { get; init; }

    /// <summary>Reads the ports up to the end.</summary>
    public static OpenFlowError? DecodeAll(in WireContext context, ref WireReader body, out ImmutableArray<OpenFlowPort> ports)
    {
        ImmutableArray<OpenFlowPort>.Builder read = ImmutableArray.CreateBuilder<OpenFlowPort>();
        ports = [];
        while (body.Left > 0)
        {
            if (Decode(context, ref body, out OpenFlowPort? port) is { } error)
                return error;
            read.Add(port!);
        }

        ports = read.ToImmutable();
        return null;
    }

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out OpenFlowPort? message)
    {
        message = null;
        OpenFlowError? error = context.Version >= OpenFlowVersion.V14
            ? Decode14(context, ref body, out OpenFlowPort port)
            : Decode10(context, ref body, out port);
        if (error is null && body.Failed)
            error = BadRequest.BadLength;
        if (error is null)
            message = port.WithKnownBits(context.Version);
        return error;
    }

    public void Encode(in WireContext context, WireWriter writer) => Encode(context.Version, writer);

    /// <summary>The port as a version shows it: two that are equal then cannot be told apart by its clients.</summary>
    public OpenFlowPort In(OpenFlowVersion version) => version == OpenFlowVersion.V10
        ? this with { Config = Config & (uint)PortConfig.All10, State = State & States10, CurrentSpeed = 0, MaximumSpeed = 0 }
        : this with { Config = Config & (uint)PortConfig.All11 };

    public void Encode(OpenFlowVersion version, WireWriter writer)
    {
        int start = writer.Length;
        if (version == OpenFlowVersion.V10)
        {
            writer.U16((ushort)Number);
        }
        else
        {
            writer.U32(WirePorts.Widen(Number));
            writer.Zero(sizeof(uint));
        }

        writer.U48(HardwareAddress);
        writer.Zero(version == OpenFlowVersion.V10 ? 0 : sizeof(ushort));
        writer.Text(Name, NameLength);
        OpenFlowPort shown = In(version);
        writer.U32(shown.Config);
        writer.U32(shown.State);
        if (version >= OpenFlowVersion.V14)
        {
            int property = WireProperty.Start(writer, EthernetProperty);
            writer.Zero(sizeof(uint));
            WriteFeatures(version, writer);
            WireProperty.End(writer, property);
            writer.PatchLength(start + sizeof(uint), start);
            return;
        }

        WriteFeatures(version, writer);
    }

    /// <summary>Features in 1.0's numbers (<c>netdev_port_features_to_ofp10</c>).</summary>
    internal static uint ToFeatures10(uint features) =>
        (features & ((1u << FirstMoved) - 1)) | ((features >> MovedBy) & ~((1u << FirstMoved) - 1));

    /// <summary>Features from 1.0's numbers (<c>netdev_port_features_from_ofp10</c>).</summary>
    internal static uint FromFeatures10(uint features) =>
        (features & ((1u << FirstMoved) - 1)) | ((features & ~((1u << FirstMoved) - 1)) << MovedBy);

    private static OpenFlowError? Decode10(in WireContext context, ref WireReader body, out OpenFlowPort port)
    {
        bool isFirst = context.Version == OpenFlowVersion.V10;
        OpenFlowError? error = context.TryReadPort(ref body, out uint number);
        body.Skip(isFirst ? 0 : sizeof(uint));
        ulong address = body.U48();
        body.Skip(isFirst ? 0 : sizeof(ushort));
        port = new OpenFlowPort
        {
            Number = number,
            HardwareAddress = address,
            Name = body.Text(NameLength),
            Config = body.U32(),
            State = body.U32(),
        };
        port = port.WithFeatures(context.Version, ref body);
        return error;
    }

    private static OpenFlowError? Decode14(in WireContext context, ref WireReader body, out OpenFlowPort port)
    {
        port = new OpenFlowPort();
        uint number = body.U32();
        int length = body.U16();
        body.Skip(sizeof(ushort));
        ulong address = body.U48();
        body.Skip(sizeof(ushort));
        string name = body.Text(NameLength);
        uint config = body.U32();
        uint state = body.U32();
        if (length < LengthOf14)
            return BadRequest.BadLength;
        var properties = new WireReader(body.Take(length - LengthOf14));
        if (body.Failed)
            return BadRequest.BadLength;
        if (!WirePorts.TryNarrow(context.Version, ref number))
            return BadAction.BadOutPort;
        port = port with { Number = number, HardwareAddress = address, Name = name, Config = config, State = state };
        while (properties.Left > 0)
        {
            if (WireProperty.TryTake(ref properties, out ushort type, out WireReader payload) is { } error)
                return error;
            if (type != EthernetProperty)
                continue;
            if (payload.Left != EthernetPayload)
                return BadProperty.BadLength;
            payload.Skip(sizeof(uint));
            port = port.WithFeatures(context.Version, ref payload);
        }

        return null;
    }

    /// <summary>
    /// Without bits that the version does not have (<c>ofputil_decode_ofp10_phy_port</c>, <c>ofputil_decode_ofp11_port</c>).
    /// </summary>
    private OpenFlowPort WithKnownBits(OpenFlowVersion version) => version == OpenFlowVersion.V10
        ? this with { Config = Config & (uint)PortConfig.All10, State = State & States10 }
        : this with { Config = Config & (uint)PortConfig.All11, State = State & States11 };

    private OpenFlowPort WithFeatures(OpenFlowVersion version, ref WireReader body)
    {
        if (version == OpenFlowVersion.V10)
        {
            return this with
            {
                Current = FromFeatures10(body.U32()),
                Advertised = FromFeatures10(body.U32()),
                Supported = FromFeatures10(body.U32()),
                Peer = FromFeatures10(body.U32()),
            };
        }

        return this with
        {
            Current = body.U32(),
            Advertised = body.U32(),
            Supported = body.U32(),
            Peer = body.U32(),
            CurrentSpeed = body.U32(),
            MaximumSpeed = body.U32(),
        };
    }

    private void WriteFeatures(OpenFlowVersion version, WireWriter writer)
    {
        foreach (uint features in (ReadOnlySpan<uint>)[Current, Advertised, Supported, Peer])
            writer.U32(version == OpenFlowVersion.V10 ? ToFeatures10(features) : features);
        if (version == OpenFlowVersion.V10)
            return;
        writer.U32(CurrentSpeed);
        writer.U32(MaximumSpeed);
    }
}
