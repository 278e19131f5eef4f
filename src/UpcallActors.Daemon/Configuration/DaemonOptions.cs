using UpcallActors.Daemon.Configuration.Bridges;
using UpcallActors.Daemon.Configuration.Telemetry;
using UpcallActors.Embedded;
using UpcallActors.Kernel;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Configuration;

/// <summary>The block <c>upcall-actors</c>, checked: whatever holds one need not check again.</summary>
internal sealed record DaemonOptions
{
    /// <summary>Where the control socket and the pidfile go; null for the default.</summary>
    public required string? RunDirectory { get; init; }

    /// <summary>Which datapath.</summary>
    public required DatapathOptions Datapath { get; init; }

    /// <summary>Lanes; never 0, which stood for one per CPU.</summary>
    public required int Handlers { get; init; }

    /// <summary>How the datapath's flows are kept up to date.</summary>
    public required RevalidatorOptions Revalidators { get; init; }

    /// <summary>The pipeline's sizes.</summary>
    public required PipelineTuning Pipeline { get; init; }

    /// <summary>Telemetry: spans, metrics and logs.</summary>
    public TelemetryOptions Telemetry { get; init; } = TelemetryOptions.None;

    /// <summary>How capture ports send.</summary>
    public required ReplayOptions Replay { get; init; }

    /// <summary>The status page.</summary>
    public required StatusOptions Status { get; init; }

    /// <summary>Who the switch is in OpenFlow connections over TLS; null if it has none. The files were found right.</summary>
    public TlsFiles? Tls { get; init; }

    /// <summary>The server of the database that bridges come from, too; null for none.</summary>
    public ConnectionTarget? Ovsdb { get; init; }

    /// <summary>The bridges, in the order of the configuration.</summary>
    public required IReadOnlyList<BridgeOptions> Bridges { get; init; }

    /// <summary>What is to be said of the capture files that ports are.</summary>
    public IEnumerable<ConfigurationProblem> CaptureWarnings =>
        Bridges.SelectMany(bridge => bridge.Captures).SelectMany(port => port.Warnings);

    /// <summary>Whether the ports are captures, which come to an end; otherwise all of them are live.</summary>
    public bool IsReplay => Bridges.Any(bridge => bridge.Captures.Count > 0);

    /// <summary>What is wanted of the switch. Nobody else is to have ports on its datapath.</summary>
    public SwitchConfiguration Switch => new()
    {
        // A database may want ports of an earlier run, and says so later.
        Settings = new SwitchSettings { RemovesOtherPorts = Ovsdb is null },
        Bridges = ValueList.From(Bridges.Select(bridge => bridge.Configuration)),
    };
}

/// <summary>The block <c>datapath</c>. All but type and name are for the kernel's.</summary>
/// <param name="Type">Which one.</param>
/// <param name="Name">Its name: that of its device in the kernel.</param>
/// <param name="TakeOver">Whether to take it from another process that lives.</param>
/// <param name="KeepOnExit">Whether it stays, with its ports and flows, when the daemon ends.</param>
/// <param name="Dispatch">How upcalls are spread over handlers.</param>
/// <param name="ReceiveBuffer">Bytes of each handler's socket.</param>
internal sealed record DatapathOptions(
    DatapathKind Type, string Name, bool TakeOver, bool KeepOnExit, DispatchOption Dispatch, int ReceiveBuffer)
{
    /// <summary>Whether interfaces of the host are connected to nothing, too, where there are such.</summary>
    public bool OverridesWithDummies { get; init; }

    /// <summary>Which of a database's interfaces are connected to nothing.</summary>
    public DummyInterfaces Dummies => Type != DatapathKind.Dummy ? DummyInterfaces.None
        : OverridesWithDummies ? DummyInterfaces.Override : DummyInterfaces.Beside;

    /// <summary>What is opened, for a number of handlers.</summary>
    public DatapathChoice For(int handlers) => new(
        Type,
        new KernelDatapathOptions
        {
            Name = Name,
            HandlerCount = handlers,
            TakeOver = TakeOver,
            ForcePerVportDispatch = Dispatch == DispatchOption.PerVport,
            ReceiveBufferBytes = ReceiveBuffer,
        },
        new EmbeddedDatapathOptions { Name = Name, HandlerCount = handlers })
    {
        NeedsPerCpuDispatch = Dispatch == DispatchOption.PerCpu,
    };
}

/// <summary>How the kernel spreads upcalls over handlers.</summary>
internal enum DispatchOption
{
    /// <summary>Per CPU where the kernel offers it.</summary>
    Auto,

    /// <summary>By the CPU that the packet was on; refused by a kernel that does not offer it.</summary>
    PerCpu,

    /// <summary>By the port it came in on, whatever the kernel offers.</summary>
    PerVport,
}

/// <summary>The block <c>revalidators</c>, whose keys are those of Open vSwitch's <c>other_config</c>.</summary>
/// <param name="Count">Revalidators; null for as many as the handlers call for.</param>
/// <param name="FlowLimit">Most flows in the datapath; how many it is now follows from how long a dump takes.</param>
/// <param name="MaxIdle">How long a flow without packets stays.</param>
/// <param name="MaxRevalidator">Most time from one round to the next.</param>
/// <param name="MinRevalidatePps">Packets per second below which a flow is not worth being translated again when rounds are slow.</param>
internal sealed record RevalidatorOptions(int? Count, int FlowLimit, TimeSpan MaxIdle, TimeSpan MaxRevalidator, int MinRevalidatePps);

/// <summary>The block <c>pipeline</c>.</summary>
/// <param name="BatchSize">Most upcalls of a batch.</param>
/// <param name="BatchesPerLane">Batches of a lane.</param>
/// <param name="PortShare">The most of a lane's batches that one port may fill once they run out.</param>
/// <param name="Dispatchers">What runs the actors of each stage.</param>
/// <param name="Restarts">How many failures a lane survives.</param>
internal sealed record PipelineTuning(int BatchSize, int BatchesPerLane, double PortShare, StageDispatcherOptions Dispatchers,
    RestartOptions Restarts);

/// <summary>The block <c>pipeline.restarts</c>.</summary>
/// <param name="Limit">Failures of a lane's receiver, router and executor, or
/// of revalidators, within <paramref name="Window"/> that are survived.</param>
/// <param name="Window">See <paramref name="Limit"/>.</param>
/// <param name="TranslatorLimit">Failures of a lane's translator without one success after which the lane gives up.</param>
internal sealed record RestartOptions(int Limit, TimeSpan Window, int TranslatorLimit);

/// <summary>The block <c>replay</c>.</summary>
/// <param name="Recorded">Whether frames are sent at the times of the recording, or as fast as possible.</param>
/// <param name="PurgeAt">Recorded times at which the datapath's flows are deleted, ascending.</param>
/// <param name="Loop">Whether captures begin again when they have ended.</param>
internal sealed record ReplayOptions(bool Recorded, IReadOnlyList<DateTimeOffset> PurgeAt, bool Loop);

/// <summary>A block in <c>bridges</c>.</summary>
internal sealed record BridgeOptions
{
    /// <summary>The bridge, as the switch is told to make it. Its ports are in the order of the configuration.</summary>
    public required BridgeConfiguration Configuration { get; init; }

    /// <summary>The bridge's name.</summary>
    public string Name => Configuration.Name;

    /// <summary>Those of its ports that are captures, in the order of the configuration.</summary>
    public IReadOnlyList<CapturePortOptions> Captures { get; init; } = [];

    /// <summary>Lines of the file of flows that are left out, and why; empty unless <c>flows-on-error = skip</c>.</summary>
    public IReadOnlyList<ConfigurationProblem> SkippedFlows { get; init; } = [];

    /// <summary>Tells whether another file of flows says the same; empty if there is no file.</summary>
    public required string FlowDigest { get; init; }
}
