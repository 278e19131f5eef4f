using System.Text.RegularExpressions;
using Akka.Actor;
using UpcallActors.Daemon.Control;
using UpcallActors.Kernel;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Pipeline;
using UpcallActors.SystemTests.Kernel;

namespace UpcallActors.SystemTests.Revalidation;

/// <summary>
/// Two hosts, each in a network namespace of its own, on a bridge of a kernel datapath.
/// The slow path can be stopped and started anew over the datapath, whose flows stay.
/// </summary>
internal sealed partial class RevalidatedBridge : IAsyncDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("revalidated", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF");
    private readonly string _name = OpenDatapath.NewName();
    private readonly bool _perVport;
    private readonly bool _ipv6;
    private KernelDatapath? _datapath;
    private KernelPorts? _vports;
    private FirstRules _rules = new(new FlowTables());
    private long _lookedUpBefore;

    private RevalidatedBridge(bool perVport, bool ipv6)
    {
        _perVport = perVport;
        _ipv6 = ipv6;
    }

    public FlowTables Tables { get; private set; } = new();

    public UpcallPipeline Pipeline { get; private set; } = null!;

    public RevalidationCounters Counters => Pipeline.Revalidation!.Counters;

    /// <summary>The socket that USERSPACE actions name now.</summary>
    public uint UserspacePid => _datapath.ShouldNotBeNull().UserspacePid(1);

    public long Deleted => Enum.GetValues<FlowDeletionReason>().Sum(Counters.Deleted);

    public static async Task<RevalidatedBridge> StartAsync(string flows, RevalidatorSettings? settings = null, bool perVport = false,
        bool ipv6 = false)
    {
        var bridge = new RevalidatedBridge(perVport, ipv6);
        try
        {
            await bridge.AddHostsAsync();
            await bridge.StartSlowPathAsync(flows, settings);
            // The process's first upcall waits for much to be compiled, longer than ping does for a packet behind another.
            (int code, string answer) = await Command.TryAsync("ip", "netns", "exec", "rv1", "ping", "-c", "1", "-W", "30",
                ipv6 ? "fc00::2" : "10.1.1.2");
            code.ShouldBe(0, answer + bridge.Account());
            return bridge;
        }
        catch
        {
            await bridge.DisposeAsync();
            throw;
        }
    }

    public async Task StartSlowPathAsync(string flows, RevalidatorSettings? settings = null)
    {
        _datapath = KernelDatapath.Open(new KernelDatapathOptions
        {
            Name = _name,
            HandlerCount = _perVport ? 1 : 2,
            ForcePerVportDispatch = _perVport,
        });
        _vports = new KernelPorts(_name, _datapath.IfIndex, _datapath.KernelFamilies, _datapath.UpcallPids);
        var ports = new List<BridgePort>();
        for (uint host = 1; host <= 2; host++)
            ports.Add(new BridgePort(host, _vports.Add(new PortRequest($"rv{host}", PortKind.System)).Number.ShouldNotBeNull(),
                $"rv{host}"));
        FlowFile file = FlowSyntax.ParseFile(flows);
        file.Errors.ShouldBeEmpty();
        Tables = new FlowTables();
        Tables.Apply([.. file.Changes]);
        _rules = new FirstRules(Tables);
        await LookBeforeStartAsync();
        var support = new OdpSupport { Features = _datapath.Support, UserspacePid = _datapath.UserspacePid };
        var factory = new OpenFlowTranslatorFactory([new Bridge("br0", FailMode.Secure, Tables, ports)], null, support);
        Pipeline = UpcallPipeline.Start(_system, _datapath, factory,
            new UpcallPipelineSettings { Revalidation = settings ?? new RevalidatorSettings() });
        await Pipeline.Started.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>
    /// Ends the slow path, and looks whether each packet was credited to the rule that it met first, and was executed, dropped or lost by
    /// one cause.
    /// </summary>
    public async Task StopSlowPathAsync()
    {
        try
        {
            if (Pipeline is not null)
                await StopPipelineAsync(_datapath.ShouldNotBeNull());
        }
        finally
        {
            _vports?.Dispose();
            _datapath?.Dispose();
            _datapath = null;
        }
    }

    public Task<string> InAsync(int host, string program, params string[] arguments) =>
        Command.RunAsync("ip", ["netns", "exec", $"rv{host}", program, .. arguments]);

    /// <summary>Three pings of host 2 by host 1, each of which must be answered.</summary>
    public async Task PingAsync(string address, int size) =>
        (await InAsync(1, "ping", "-c", "3", "-i", "0.2", "-W", "5", "-s", $"{size}", address)).ShouldContain(" 3 received");

    public async Task RoundAsync(int rounds = 1)
    {
        for (int i = 0; i < rounds; i++)
            await Pipeline.Revalidation!.WaitAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>The flows that the kernel has, without what changes by itself.</summary>
    public string[] Flows() =>
        [.. Dump(_datapath.ShouldNotBeNull()).Select(flow => Counts().Replace(flow.Format(null, verbose: true), ""))
            .Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_datapath is not null)
                await StopSlowPathAsync();
        }
        finally
        {
            await _system.Terminate();
            _system.Dispose();
            await Command.TryAsync("ovs-dpctl", "del-dp", $"system@{_name}");
            for (int host = 1; host <= 2; host++)
                await Command.TryAsync("ip", "netns", "delete", $"rv{host}");
        }
    }

    /// <summary>The datapath's flows. <c>ovs-dpctl</c> would set the datapath's sockets to its own when it opens it.</summary>
    private static List<FlowDumpLine> Dump(KernelDatapath datapath)
    {
        var flows = new List<FlowDumpLine>();
        using var query = new DatapathQuery(datapath);
        query.ReadFlows(flows.Clear, (in flow, message) => flows.Add(FlowDumpLine.Of(flow, message, nowMilliseconds: 0)));
        return flows;
    }

    private static long LookedUp(DatapathStats stats) => (long)(stats.Hit + stats.Missed - stats.Lost);

    /// <summary>
    /// What the flows that are there have carried is credited when they are taken over. Hosts may say something meanwhile: then it looks
    /// again.
    /// </summary>
    private Task LookBeforeStartAsync()
    {
        KernelDatapath datapath = _datapath.ShouldNotBeNull();
        return Eventually.HoldsAsync(
            () =>
            {
                DatapathStats before = datapath.ReadStats();
                long carried = Dump(datapath).Sum(flow => (long)flow.Packets);
                _lookedUpBefore = LookedUp(before) - carried;
                return LookedUp(datapath.ReadStats()) == LookedUp(before);
            },
            () => "packets come without end");
    }

    private async Task StopPipelineAsync(KernelDatapath datapath)
    {
        long found = -1;
        if (!Pipeline.Completion.IsCompleted)
        {
            await Eventually.HoldsAsync(
                async () =>
                {
                    long before = found;
                    long completed = Pipeline.Counters.Completed;
                    await RoundAsync();
                    found = LookedUp(datapath.ReadStats());
                    return found == before && completed == Pipeline.Counters.Received;
                },
                () => "packets come without end");
        }

        long credited = _rules.Packets;
        await Pipeline.DisposeAsync();
        PacketAccount.ShouldBalance(Pipeline.Counters);
        if (found >= 0)
            PacketAccount.ShouldBeCredited(found - _lookedUpBefore, credited, PacketAccount.LostBeforeTables(Pipeline.Counters));
    }

    /// <summary>What the slow path and the datapath have counted, to say with a failure.</summary>
    private string Account()
    {
        PipelineCounters counters = Pipeline.Counters;
        IEnumerable<string> errors = counters.Lanes.SelectMany(
            lane => lane.ExecuteErrors.NonZero().Concat(lane.FlowPutErrors.NonZero()).Concat(lane.SendErrors.NonZero()),
            (_, error) => $"{error}");
        return $"received {counters.Received}, misses {counters.ByClass(UpcallClass.Miss)}, executes {counters.Executes}, "
            + $"errors {string.Join(' ', errors)}, "
            + $"lost {string.Join(' ', Enum.GetValues<LossCause>().Select(counters.Lost))}, losses {_datapath?.Losses}, stats "
            + $"{_datapath?.ReadStats()}";
    }

    /// <summary>Hosts that say nothing of themselves: they know each other's addresses, and do not announce their own.</summary>
    private async Task AddHostsAsync()
    {
        for (int host = 1; host <= 2; host++)
        {
            int other = 3 - host;
            await Command.RunAsync("ip", "netns", "add", $"rv{host}");
            await Command.RunAsync("ip", "link", "add", $"rv{host}", "type", "veth", "peer", "name", "eth0", "address",
                $"02:00:00:00:00:0{host}", "netns", $"rv{host}");
            await File.WriteAllTextAsync($"/proc/sys/net/ipv6/conf/rv{host}/disable_ipv6", "1");
            await Command.RunAsync("ip", "link", "set", $"rv{host}", "up");
            await InAsync(host, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
            if (!_ipv6)
                await InAsync(host, "sysctl", "-qw", "net.ipv6.conf.eth0.disable_ipv6=1");
            await InAsync(host, "ip", "link", "set", "eth0", "up");
            await InAsync(host, "ip", "address", "add", $"10.1.1.{host}/24", "dev", "eth0");
            await InAsync(host, "ip", "link", "add", "link", "eth0", "name", "eth0.100", "type", "vlan", "id", "100");
            await InAsync(host, "ip", "link", "set", "eth0.100", "up");
            await InAsync(host, "ip", "address", "add", $"10.2.2.{host}/24", "dev", "eth0.100");
            foreach ((string address, string device) in ((string, string)[])[($"10.1.1.{other}", "eth0"), ("10.1.1.200", "eth0"),
                ($"10.2.2.{other}", "eth0.100")])
                await InAsync(host, "ip", "neighbour", "add", address, "lladdr", $"02:00:00:00:00:0{other}", "nud", "permanent",
                    "dev", device);
            if (!_ipv6)
                continue;
            await InAsync(host, "ip", "address", "add", $"fc00::{host}/96", "dev", "eth0", "nodad");
            await InAsync(host, "ip", "neighbour", "add", $"fc00::{other}", "lladdr", $"02:00:00:00:00:0{other}", "nud", "permanent",
                "dev", "eth0");
        }
    }

    [GeneratedRegex(@"packets:\d+, bytes:\d+, used:[^,]+, |flags:[^,]+, ")]
    private static partial Regex Counts();
}
