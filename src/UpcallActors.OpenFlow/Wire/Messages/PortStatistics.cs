using System.Collections.Immutable;

namespace UpcallActors.OpenFlow;

/// <summary>What a port counted (<c>ofp10_port_stats</c> and its successors); all ones where it does not count.</summary>
internal sealed record PortStatistics : IWireDecoder<PortStatistics>, IWireEntry
{
    /// <summary>The counters that all versions have, in their order on the wire; 1.4 has the last four in a property.</summary>
    public const int CounterCount = 12;

    private const int CountersOf14 = 8;
    private const int LengthOf14 = 80;
    private const ushort EthernetProperty = 0;

    /// <summary>The port.</summary>
    public uint Port { get; init; }

    /// <summary>Seconds since it came, since 1.3.</summary>
    public uint DurationSeconds { get; init; }

    /// <summary>Nanoseconds of the last second.</summary>
    public uint DurationNanoseconds { get; init; }

    /// <summary>
    /// Packets received and sent, bytes received and sent, drops, errors, then frame errors, overruns, CRC errors and collisions.
    /// </summary>
    public ImmutableArray<ulong> Counters { get; init; } = [];

    /// <summary>Properties of experimenters, since 1.4, as they are on the wire.</summary>
    public ImmutableArray<byte> Extensions { get; init; } = [];

    public static OpenFlowError? Decode(in WireContext context, ref WireReader body, out PortStatistics? message)
    {
        message = null;
        bool has14 = context.Version >= OpenFlowVersion.V14;
        int length = 0;
        if (has14)
        {
            length = body.U16();
            body.Skip(sizeof(ushort));
            if (length < LengthOf14)
                return BadRequest.BadLength;
        }

        if (context.TryReadPort(ref body, out uint port) is { } badPort)
            return badPort;
        body.Skip(context.Version == OpenFlowVersion.V10 ? 6 : has14 ? 0 : sizeof(uint));
        uint seconds = has14 ? body.U32() : 0;
        uint nanoseconds = has14 ? body.U32() : 0;
        ImmutableArray<ulong>.Builder counters = ImmutableArray.CreateBuilder<ulong>(CounterCount);
        for (int i = 0; i < (has14 ? CountersOf14 : CounterCount); i++)
            counters.Add(body.U64());
        if (context.Version == OpenFlowVersion.V13)
        {
            seconds = body.U32();
            nanoseconds = body.U32();
        }

        ImmutableArray<byte>.Builder extensions = ImmutableArray.CreateBuilder<byte>();
        var properties = new WireReader(has14 ? body.Take(length - LengthOf14) : default);
        while (properties.Left > 0)
        {
            ReadOnlySpan<byte> before = properties.Rest;
            if (WireProperty.TryTake(ref properties, out ushort type, out WireReader payload) is { } error)
                return error;
            if (type == EthernetProperty && counters.Count == CountersOf14)
                TakeEthernet(ref payload, counters);
            else
                extensions.AddRange(before[..(before.Length - properties.Left)]);
        }

        while (counters.Count < CounterCount)
            counters.Add(ulong.MaxValue);
        message = new PortStatistics
        {
            Port = port,
            DurationSeconds = seconds,
            DurationNanoseconds = nanoseconds,
            Counters = counters.ToImmutable(),
            Extensions = extensions.ToImmutable(),
        };
        return null;
    }

    public void Encode(in WireContext context, WireWriter writer)
    {
        int start = writer.Length;
        bool has14 = context.Version >= OpenFlowVersion.V14;
        writer.Zero(has14 ? sizeof(uint) : 0);
        context.WritePort(writer, Port);
        writer.Zero(context.Version == OpenFlowVersion.V10 ? 6 : has14 ? 0 : sizeof(uint));
        if (has14)
            WriteDuration(writer);
        foreach (ulong counter in Counters[..(has14 ? CountersOf14 : CounterCount)])
            writer.U64(counter);
        if (context.Version == OpenFlowVersion.V13)
            WriteDuration(writer);
        if (!has14)
            return;
        int property = WireProperty.Start(writer, EthernetProperty);
        writer.Zero(sizeof(uint));
        foreach (ulong counter in Counters[CountersOf14..])
            writer.U64(counter);
        WireProperty.End(writer, property);
        writer.Bytes(Extensions.AsSpan());
        writer.PatchLength(start, start);
    }

    private static void TakeEthernet(ref WireReader payload, ImmutableArray<ulong>.Builder counters)
    {
        payload.Skip(sizeof(uint));
        while (counters.Count < CounterCount)
            counters.Add(payload.U64());
    }

    private void WriteDuration(WireWriter writer)
    {
        writer.U32(DurationSeconds);
        writer.U32(DurationNanoseconds);
    }
}
