using UpcallActors.Daemon.Configuration.Bridges;
using UpcallActors.Daemon.Configuration.Telemetry;
using UpcallActors.Kernel;
using UpcallActors.Odp;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Configuration;

/// <summary>Reads the options from HOCON files over the built-in defaults, and finds everything that is wrong with them at once.</summary>
internal static class DaemonOptionsReader
{
    /// <summary>OpenFlow port numbers end here; those from 0xff00 (<c>OFPP_MAX</c> of OpenFlow 1.0) on are reserved.</summary>
    public const int MostPortNumber = 0xfeff;

    /// <summary>The least that an IPv4 link carries (RFC 791).</summary>
    public const int LeastMtu = 68;

    /// <summary>The most that an IP packet has.</summary>
    public const int MostMtu = 65535;

    /// <summary>Each costs a thread, and with the kernel's datapath a socket with its buffer.</summary>
    private const int MostHandlers = KernelDatapathOptions.MaximumHandlers;
    private const int MostRevalidators = 64;
    private const int LeastReceiveBuffer = 64 << 10;
    private const int MostReceiveBuffer = 1 << 30;

    /// <summary>Reads files, the last one on top.</summary>
    /// <returns>The options and no problems, or no options and the problems.</returns>
    public static (DaemonOptions? Options, IReadOnlyList<ConfigurationProblem> Problems) Read(IReadOnlyList<string> files) =>
        Read(ConfigurationSource.Read(files));

    /// <summary>Reads what files, built-in defaults and environment make together.</summary>
    public static (DaemonOptions? Options, IReadOnlyList<ConfigurationProblem> Problems) Read(ConfigurationSource source)
    {
        // A file that cannot be read says nothing, so its keys would be reported as missing. What the others say is checked.
        bool complete = source.Problems.Count == 0;
        DaemonOptions options = ReadRoot(ConfigurationBlock.Root(source), complete);
        return source.Problems is { Count: > 0 } found ? (null, found) : (options, []);
    }

    /// <summary>Reads what a run without files does besides: telemetry, as the environment asks for it.</summary>
    /// <returns>The options and no problems, or no options and the problems.</returns>
    public static (TelemetryOptions? Options, IReadOnlyList<ConfigurationProblem> Problems) ReadTelemetry()
    {
        var source = ConfigurationSource.Read([]);
        TelemetryOptions options = TelemetryOptionsReader.Read(ConfigurationBlock.Root(source).Block("upcall-actors").Block("telemetry"));
        return source.Problems is { Count: > 0 } found ? (null, found) : (options, []);
    }

    private static DaemonOptions ReadRoot(ConfigurationBlock root, bool complete)
    {
        ConfigurationBlock block = root.Block("upcall-actors");
        // Anything may be defined there for substitutions to stand for.
        root.Block("define");
        root.RefuseOthers();
        int handlers = block.Integer("handlers", 0, 0, MostHandlers);
        DatapathOptions datapath = ReadDatapath(block.Block("datapath"));
        TlsFiles? tls = OpenFlowOptionsReader.ReadTls(block.Block("tls"));
        var options = new DaemonOptions
        {
            RunDirectory = block.FilePath("run-dir"),
            Datapath = datapath,
            Handlers = handlers == 0 ? Math.Min(Environment.ProcessorCount, MostHandlers) : handlers,
            Revalidators = ReadRevalidators(block.Block("revalidators")),
            Pipeline = PipelineOptionsReader.Read(block.Block("pipeline")),
            Telemetry = TelemetryOptionsReader.Read(block.Block("telemetry")),
            Replay = ReadReplay(block.Block("replay")),
            Status = StatusOptions.Read(block.Block("status")),
            Tls = tls,
            Ovsdb = OvsdbOptionsReader.Read(block.Block("ovsdb"), tls),
            Bridges = BridgeOptionsReader.Read(block.Block("bridges"), datapath.Name, tls),
        };
        bool hasPorts = options.Bridges.Any(bridge => bridge.Configuration.Ports.Count > 0);
        if (complete && !hasPorts && options.Ovsdb is null)
            block.Report("bridges", "bridges has no bridge with a port and there is no ovsdb.remote, so there is nothing to do");
        CheckTogether(options, hasPorts, block);
        block.RefuseOthers();
        return options;
    }

    /// <summary>What is right alone, but not together.</summary>
    private static void CheckTogether(DaemonOptions options, bool hasPorts, ConfigurationBlock block)
    {
        if (options.IsReplay)
        {
            if (options.Ovsdb is not null)
                block.Block("ovsdb").Report("remote", "a database and capture ports do not go together");
            if (options.Datapath.Type == DatapathKind.Kernel)
                block.Block("datapath").Report("type", "type = kernel has no capture ports; use embedded or auto");
            if (options.Replay.Loop
                && options.Bridges.SelectMany(bridge => bridge.Captures).FirstOrDefault(port => port.Output != null) is { } writing)
                block.Block("replay").Report("loop", $"loop = true never ends, so the output of {writing.Name} would grow without end");
            return;
        }

        if (options.Datapath.Type == DatapathKind.Embedded
            && options.Bridges.SelectMany(bridge => bridge.Configuration.Ports).SelectMany(port => port.Interfaces)
                .FirstOrDefault(one => one.Kind.IsTunnel() && one.Kind != PortKind.Vxlan) is { } tunnel)
        {
            string kind = tunnel.Kind.ToString().ToLowerInvariant();
            block.Block("datapath").Report("type", $"type = embedded has tunnels of type vxlan only, and {tunnel.Name} is {kind}");
        }

        if (options.Datapath.Type == DatapathKind.Dummy && hasPorts)
            block.Block("datapath").Report("type", "type = dummy is for the bridges of a database");
        ConfigurationBlock replay = block.Block("replay");
        if (hasPorts && options.Replay.Recorded)
            replay.Report("pace", "pace is for capture ports, and there are none");
        if (hasPorts && options.Replay.PurgeAt.Count > 0)
            replay.Report("purge-at", "purge-at is for capture ports, and there are none");
        if (hasPorts && options.Replay.Loop)
            replay.Report("loop", "loop is for capture ports, and there are none");
    }

    private static DatapathOptions ReadDatapath(ConfigurationBlock block)
    {
        DatapathKind type = block.Choice(
            "type",
            DatapathKind.Auto,
            ("auto", DatapathKind.Auto),
            ("embedded", DatapathKind.Embedded),
            ("kernel", DatapathKind.Kernel),
            ("dummy", DatapathKind.Dummy));
        string name = block.Text("name") ?? "ovs-system";
        if (!InterfaceName.IsValid(name))
            block.Report("name", InterfaceName.Problem(name));
        var options = new DatapathOptions(
            type,
            name,
            block.Flag("take-over", false),
            block.Choice("on-exit", true, ("keep", true), ("delete", false)),
            block.Choice("dispatch", DispatchOption.Auto, ("auto", DispatchOption.Auto), ("per-cpu", DispatchOption.PerCpu),
                ("per-vport", DispatchOption.PerVport)),
            block.Size("receive-buffer", 4 << 20, LeastReceiveBuffer, MostReceiveBuffer))
        {
            OverridesWithDummies = block.Flag("dummy-override", false),
        };
        block.RefuseOthers();
        return options;
    }

    private static RevalidatorOptions ReadRevalidators(ConfigurationBlock block)
    {
        int count = block.Integer("count", 0, 0, MostRevalidators);
        var options = new RevalidatorOptions(
            count == 0 ? null : count,
            block.Integer("flow-limit", 200_000, 1, 10_000_000),
            block.Duration("max-idle", TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(500), TimeSpan.FromHours(1)),
            block.Duration("max-revalidator", TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
            block.Integer("min-revalidate-pps", 5, 0, 1_000_000));
        block.RefuseOthers();
        return options;
    }

    private static ReplayOptions ReadReplay(ConfigurationBlock block)
    {
        var replay = new ReplayOptions(block.Choice("pace", false, ("fast", false), ("recorded", true)), block.Times("purge-at"),
            block.Flag("loop", false));
        block.RefuseOthers();
        return replay;
    }
}
