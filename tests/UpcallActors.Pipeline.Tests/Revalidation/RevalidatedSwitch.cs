using System.Buffers.Binary;
using Akka.Actor;
using UpcallActors.Embedded;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Pipeline.Tests;

/// <summary>
/// An embedded datapath with ports 101 to 103, a bridge br0 over them with ports 1 to 3, and a pipeline with revalidators whose time
/// the test moves. The datapath outlives the pipeline, as the kernel's does.
/// </summary>
internal sealed class RevalidatedSwitch : IAsyncDisposable
{
    private readonly long _answeredBefore;
    private readonly long _lookedUpBefore;
    private readonly ActorSystem _system;
    private readonly string _flows;
    private readonly PortlessTranslators _translators;
    private readonly FirstRules _rules;

    private RevalidatedSwitch(
        ActorSystem system, string flows, EmbeddedDatapath datapath, FlowTables tables, OpenFlowTranslatorFactory factory,
        PortlessTranslators translators, ManualTime time, UpcallPipeline pipeline, long answeredBefore, long lookedUpBefore)
    {
        _system = system;
        _flows = flows;
        Datapath = datapath;
        _answeredBefore = answeredBefore;
        _lookedUpBefore = lookedUpBefore;
        _translators = translators;
        _rules = new FirstRules(tables);
        Tables = tables;
        Factory = factory;
        Time = time;
        Pipeline = pipeline;
    }

    public EmbeddedDatapath Datapath { get; }

    public FlowTables Tables { get; }

    public OpenFlowTranslatorFactory Factory { get; }

    public ManualTime Time { get; }

    public UpcallPipeline Pipeline { get; }

    public Revalidation Revalidation => Pipeline.Revalidation!;

    public RevalidationCounters Counters => Revalidation.Counters;

    public static EmbeddedDatapath NewDatapath()
    {
        var datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions { Clock = DatapathClock.Settable(), RandomSeed = 1 });
        datapath.Clock.Set(TimeSpan.TicksPerHour / TimeSpan.TicksPerMicrosecond);
        for (uint port = 1; port <= 3; port++)
            datapath.AddPort(new EmbeddedPort(100 + port, $"p{port}"));
        return datapath;
    }

    public static async Task<RevalidatedSwitch> StartAsync(
        ActorSystem system, string flows, EmbeddedDatapath? datapath = null, RevalidatorSettings? settings = null,
        OdpSupport? support = null,
        Func<IDatapath, IDatapath>? seen = null, Func<OpenFlowTranslatorFactory, IUpcallTranslatorFactory>? translators = null)
    {
        datapath ??= NewDatapath();
        FlowFile file = FlowSyntax.ParseFile(flows);
        file.Errors.ShouldBeEmpty();
        var time = new ManualTime();
        var tables = new FlowTables(time);
        tables.Apply([.. file.Changes]);
        BridgePort[] ports = [new(1, 101, "p1"), new(2, 102, "p2"), new(3, 103, "p3")];
        var factory = new OpenFlowTranslatorFactory([new Bridge("br0", FailMode.Secure, tables, ports)], null, support);
        long answeredBefore = datapath.Counters.UpcallsQueued;
        IDatapath attached = seen?.Invoke(datapath) ?? datapath;
        var portless = new PortlessTranslators(translators?.Invoke(factory) ?? factory);
        // What the flows that are there have carried is credited when they are taken over.
        long lookedUpBefore = LookedUpIn(datapath) - DumpOf(datapath).Sum(flow => (long)flow.Packets);
        UpcallPipeline pipeline = UpcallPipeline.Start(system, attached, portless, new UpcallPipelineSettings
        {
            Revalidation = (settings ?? new RevalidatorSettings { Revalidators = 2 }) with { Time = time },
        });
        await pipeline.Started.WaitAsync(TimeSpan.FromSeconds(30));
        return new RevalidatedSwitch(system, flows, datapath, tables, factory, portless, time, pipeline, answeredBefore, lookedUpBefore);
    }

    /// <summary>Ends it, and starts another, with nothing of what it knew, over the datapath, which goes on.</summary>
    /// <param name="flows">Its tables; null for the same.</param>
    /// <param name="support">What the datapath supports.</param>
    /// <param name="seen">What it sees as the datapath.</param>
    public async Task<RevalidatedSwitch> RestartAsync(
        string? flows = null, OdpSupport? support = null, Func<IDatapath, IDatapath>? seen = null)
    {
        await DisposeAsync();
        return await StartAsync(_system, flows ?? _flows, Datapath, support: support, seen: seen);
    }

    /// <summary>A UDP packet between two hosts, 02:00:00:00:00:XX and 10.0.0.XX.</summary>
    public static byte[] Udp(byte from, byte to, ushort destinationPort = 53)
    {
        byte[] frame = new byte[60];
        frame[0] = frame[6] = 2;
        frame[5] = to;
        frame[11] = from;
        frame[12] = 8;
        Span<byte> ip = frame.AsSpan(14);
        ip[0] = 0x45;
        ip[3] = 46;
        ip[8] = 64;
        ip[9] = 17;
        (ip[12], ip[15], ip[16], ip[19]) = (10, from, 10, to);
        uint sum = 0;
        for (int i = 0; i < 20; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(ip[i..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)~((sum & 0xffff) + (sum >> 16)));
        BinaryPrimitives.WriteUInt16BigEndian(ip[20..], 1024);
        BinaryPrimitives.WriteUInt16BigEndian(ip[22..], destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(ip[24..], 26);
        return frame;
    }

    /// <summary>A frame comes in, and what it causes is done when this ends.</summary>
    public async Task SendAsync(uint port, byte[] frame, int times = 1)
    {
        for (int i = 0; i < times; i++)
        {
            Datapath.Receive(port, frame);
            await IdleAsync();
        }
    }

    public async Task IdleAsync()
    {
        while (_answeredBefore + Pipeline.Counters.Completed != Datapath.Counters.UpcallsQueued)
        {
            Pipeline.Completion.IsCompleted.ShouldBeFalse("the pipeline has ended");
            await Task.Yield();
        }

        PacketAccount.ShouldBalance(Pipeline.Counters);
    }

    /// <summary>Moves the clock that flows' ages are counted by.</summary>
    public void Age(TimeSpan time) => Datapath.Clock.Set(Datapath.Clock.Microseconds + (time.Ticks / TimeSpan.TicksPerMicrosecond));

    /// <summary>Goes through so many rounds, no more: from one rest to another.</summary>
    public async Task ExactRoundsAsync(int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            await Eventually.HoldsAsync(() => Time.IsAlarmSet);
            long before = Revalidation.Snapshot().Rounds;
            Time.GoToAlarm();
            await Eventually.HoldsAsync(() => Revalidation.Snapshot().Rounds > before && Time.IsAlarmSet);
        }
    }

    /// <summary>Goes through whole rounds, at least so many: something that has changed may have begun one by itself.</summary>
    public async Task RoundAsync(int rounds = 1)
    {
        for (int i = 0; i < rounds; i++)
            await DoneAsync(Revalidation.WaitAsync());
        // The last alarm may have begun another round, which must not see what the test does next.
        await Eventually.HoldsAsync(() => Time.IsAlarmSet);
    }

    /// <summary>Lets alarms go off until something is done. Time does not move within a round: there is no alarm then.</summary>
    public Task DoneAsync(Task task) => Time.DoneAsync(task);

    /// <summary>The datapath's flows as <c>dpctl/dump-flows</c> prints them, without counters, sorted.</summary>
    public string[] Flows() => FlowsOf(Datapath);

    public static string[] FlowsOf(IDatapath datapath) =>
        [.. DumpOf(datapath)
            .Select(flow => $"{FlowText.Format(flow.Key.Span, flow.Mask.Span, null, verbose: false)}, actions:"
                + $"{ActionText.Format(flow.Actions.Span, null)}").Order(StringComparer.Ordinal)];

    public IReadOnlyList<FlowDumpLine> Dump() => DumpOf(Datapath);

    public static List<FlowDumpLine> DumpOf(IDatapath datapath)
    {
        var flows = new List<FlowDumpLine>();
        using var dump = new FlowDump(datapath);
        dump.TryBegin(0, out _).ShouldBeTrue();
        FlowDumpProgress progress;
        while ((progress = dump.Read((in FlowMessage flow, ReadOnlySpan<byte> message) => flows.Add(FlowDumpLine.Of(flow, message, 0))))
            == FlowDumpProgress.More)
        {
        }

        progress.ShouldBe(FlowDumpProgress.Done);
        return flows;
    }

    /// <summary>Somebody else puts a flow, in <c>dpctl</c>'s syntax.</summary>
    public void Put(Ufid? ufid, string flow, string actions)
    {
        using var region = new NativeRegion(8192);
        using IRequestChannel channel = Datapath.OpenRequests();
        var writer = new NetlinkWriter(region.Slice(0, 8192));
        int start = OvsHeader.Begin(ref writer, Datapath.Families.Flow, NetlinkFlags.Request | NetlinkFlags.Create, 1, OvsCommand.New,
            OvsFamilyVersion.Flow, Datapath.IfIndex);
        if (ufid is { } id)
            id.Write(writer.PutReserved(OvsFlowAttribute.Ufid, Ufid.Length));
        (byte[] keyBytes, byte[] maskBytes) = FlowText.Parse(flow, null);
        writer.Put(OvsFlowAttribute.Key, keyBytes);
        writer.Put(OvsFlowAttribute.Mask, maskBytes);
        writer.Put(OvsFlowAttribute.Actions, ActionText.Parse(actions, null));
        writer.EndMessage(start);
        var vector = new SendVector(1);
        vector.Append(region, 0, writer.Length);
        channel.Send(vector).ShouldBe(Errno.None);
        channel.Receive(new byte[4096]).ShouldBe(0, "the datapath took the flow");
    }

    public Rule Rule(string match) => Tables.GetRules().Single(rule => rule.ToString().Contains(match, StringComparison.Ordinal));

    /// <summary>
    /// Whether each packet is credited: not where a test lets statistics be lost, as a flow's over which its translator throws.
    /// </summary>
    public bool IsAccounted { get; set; } = true;

    /// <summary>
    /// Looks whether each packet that came in was credited once, and was executed, dropped or lost by one cause; then ends.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (!Pipeline.Completion.IsCompleted)
        {
            await IdleAsync();
            if (IsAccounted)
                await AccountAsync();
        }

        await Pipeline.DisposeAsync();
    }

    /// <summary>Lookups that were answered by a flow, which counts them, or came up.</summary>
    private static long LookedUpIn(EmbeddedDatapath datapath) =>
        datapath.Counters.Hits + datapath.Counters.Misses - datapath.Counters.Lost;

    private async Task AccountAsync()
    {
        await DoneAsync(Revalidation.ResumeAsync());
        await RoundAsync();
        PacketAccount.ShouldBeCredited(
            LookedUpIn(Datapath) - _lookedUpBefore,
            _rules.Packets + _translators.Packets,
            PacketAccount.LostBeforeTables(Pipeline.Counters));
    }
}
