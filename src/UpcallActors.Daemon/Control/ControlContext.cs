using UpcallActors.Daemon.Hosting;
using UpcallActors.Daemon.Live.Reloading;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.Pipeline;
using UpcallActors.Switch;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control;

/// <summary>What the commands of the control socket look at and act upon. All parts are thread-safe.</summary>
internal sealed record ControlContext
{
    /// <summary>The datapath.</summary>
    public required IDatapath Datapath { get; init; }

    /// <summary>The bridges, and who finds the bridge of a packet.</summary>
    public required OpenFlowTranslatorFactory Translators { get; init; }

    /// <summary>The ports that the configuration asks for and the datapath does not have, at the moment of the call.</summary>
    public Func<IReadOnlyList<WaitingInterface>> WaitingPorts { get; init; } = () => [];

    /// <summary>The pipeline over the datapath.</summary>
    public required UpcallPipeline Pipeline { get; init; }

    /// <summary>What the daemon runs by.</summary>
    public required RunningConfiguration Configuration { get; init; }

    /// <summary>What is logged.</summary>
    public required LogLevels LogLevels { get; init; }

    /// <summary>
    /// Asks the daemon to end: without the datapath's flows, ports and device left behind when the argument is true.
    /// Returns at once; the control socket is the last that is disposed, so that who asked is answered when all is done.
    /// </summary>
    public required Action<bool> Stop { get; init; }

    /// <summary>What the program is and of which version.</summary>
    public string Version { get; init; } = DaemonIdentity.Own.Version;

    /// <summary>The datapath's full name, as in <c>system@ovs-system</c>.</summary>
    public string FullName => Datapath.FullName;
}
