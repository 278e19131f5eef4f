using System.Globalization;
using UpcallActors.Embedded;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;
using UpcallActors.Switch;

namespace UpcallActors.Benchmarks;

/// <summary>
/// The operations that the gate measures. Each takes its entries in turn, in an order that no cache foresees; a table of 100,000 does not
/// fit into the nearest caches, and the limits allow for that.
/// </summary>
internal static class ScaledOperations
{
    private const int Turns = 4096;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ScaledOperation> All { get; } =
    [
        new("rule found, with its mask", RuleFound),
        new("upcall translated", UpcallTranslated),
        new("address found and seen again", AddressFound),
        new("flow of the embedded datapath found", DatapathFlowFound),
        new("flow added and deleted", FlowChanged),
        new("flow read and added", FlowAdded),
        new("interface compared", InterfaceCompared),
    ];

    private static ScaledWork RuleFound(int count)
    {
        FlowTables tables = Filled(count);
        Flow[] flows = InTurn(count, i => new Flow(Packet(i), 1));
        int next = 0;
        return new ScaledWork(Look, 1);

        void Look()
        {
            Flow wildcards = default;
            using TablesSnapshot snapshot = tables.Read();
            if (snapshot.Lookup(0, flows[next++ % Turns], ref wildcards) is null)
                throw new InvalidOperationException("no rule");
        }
    }

    private static ScaledWork UpcallTranslated(int count)
    {
        FlowTables tables = Filled(count);
        BridgePort[] ports = [new(OpenFlowPorts.Local, 100, "br0"), new(1, 101, "p1"), new(2, 102, "p2")];
        IUpcallTranslator translator = new OpenFlowTranslatorFactory([new Bridge("br0", FailMode.Secure, tables, ports)]).Create(0);
        FlowKey[] keys = InTurn(count, Packet);
        byte[] actions = new byte[4096];
        byte[] packet = new byte[98];
        int next = 0;
        return new ScaledWork(Translate, 1);

        void Translate()
        {
            FlowKey mask = default;
            var upcall = new UpcallView(keys[next++ % Turns], [], packet, default, PacketCommand.Miss, []);
            if (translator.Translate(upcall, actions, ref mask).ActionsLength == 0)
                throw new InvalidOperationException("no actions");
        }
    }

    private static ScaledWork AddressFound(int count)
    {
        var addresses = new MacLearningTable(TimeProvider.System, count * 2, MacLearningTable.DefaultIdleTime);
        for (int i = 0; i < count; i++)
            addresses.Learn(Address(i), 0, 1);
        ulong[] known = InTurn(count, Address);
        int next = 0;
        return new ScaledWork(Look, 1);

        void Look()
        {
            ulong address = known[next++ % Turns];
            addresses.Learn(address, 0, 1);
            if (!addresses.TryLookup(address, 0, out _))
                throw new InvalidOperationException("no address");
        }
    }

    private static ScaledWork DatapathFlowFound(int count)
    {
        var flows = new FlowTable();
        FlowKey mask = default;
        mask.Words.Fill(ulong.MaxValue);
        for (int i = 0; i < count; i++)
            flows.Insert(Packet(i), mask, (UInt128)(uint)i + 1, []);
        FlowKey[] keys = InTurn(count, Packet);
        int next = 0;
        return new ScaledWork(Look, 1);

        void Look()
        {
            if (flows.Find(keys[next++ % Turns], out _) is null)
                throw new InvalidOperationException("no flow");
        }
    }

    private static ScaledWork FlowChanged(int count)
    {
        FlowTables tables = Filled(count);
        FlowChange[] changes = [.. FlowSyntax.ParseFile(
            "add priority=7,ip,nw_src=192.0.2.1,actions=output:2\ndelete_strict priority=7,ip,nw_src=192.0.2.1").Changes];
        return new ScaledWork(Change, changes.Length);

        void Change()
        {
            foreach (FlowChange change in changes)
                tables.Apply(change);
        }
    }

    private static ScaledWork FlowAdded(int count)
    {
        string text = Rules(count);
        return new ScaledWork(() => new FlowTables().Apply(FlowSyntax.ParseFile(text).Changes.AsSpan()), count);
    }

    private static ScaledWork InterfaceCompared(int count)
    {
        SwitchConfiguration before = Switch(count, tag: 1);
        SwitchConfiguration after = Switch(count, tag: 2);
        return new ScaledWork(() => SwitchDifference.Between(before, after), count);
    }

    private static SwitchConfiguration Switch(int count, ushort tag) => new()
    {
        Bridges = ValueList.Create<BridgeConfiguration>([new BridgeConfiguration
        {
            Name = "br0",
            Ports = ValueList.From(Enumerable.Range(1, count).Select(i =>
                PortConfiguration.Of(new InterfaceConfiguration { Name = $"p{i}" }) with { Tag = tag })),
        }]),
    };

    private static FlowTables Filled(int count)
    {
        var tables = new FlowTables();
        tables.Apply(FlowSyntax.ParseFile(Rules(count)).Changes.AsSpan());
        return tables;
    }

    /// <summary>A rule for each packet, by its source address.</summary>
    private static string Rules(int count) => string.Join('\n', Enumerable.Range(0, count).Select(i => string.Create(
        CultureInfo.InvariantCulture, $"priority=50,ip,nw_src=10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255},actions=output:2")));

    private static FlowKey Packet(int number) => new()
    {
        DatapathPort = 101,
        EthSrc = Address(number),
        EthDst = 0x0200_0000_0002,
        EthType = EtherTypes.Ipv4,
        Ipv4Src = 0x0a00_0000 | (uint)number,
        Ipv4Dst = 0x0a00_0002,
        NwProto = IpProtocols.Udp,
        NwTtl = 64,
    };

    private static ulong Address(int number) => 0x0200_0001_0000 + (ulong)number;

    private static T[] InTurn<T>(int count, Func<int, T> make)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Turns).Select(_ => make(random.Next(count)))];
    }
}
