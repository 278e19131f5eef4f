using Akka.Actor;
using UpcallActors.Embedded;
using UpcallActors.Ofproto;

namespace UpcallActors.Switch.Tests;

/// <summary>A datapath whose devices a test makes and takes away, and what is logged of the switch on it.</summary>
internal sealed class SwitchUnderTest : IDisposable
{
    public static ActorSystem Actors { get; } = ActorSystem.Create("switch-tests", "akka.loglevel = OFF");

    public EmbeddedDatapath Datapath { get; } = new(new EmbeddedDatapathOptions { Name = "dp0" });

    public ScriptedPorts Ports { get; } = new();

    public LogLines Log { get; } = new();

    /// <summary>By which the switch tries again: it stands still until a test moves it.</summary>
    public ManualTime Time { get; } = new();

    public SwitchOptions Options => new() { Logger = Log, Time = Time };

    public Task<RunningSwitch> StartAsync(SwitchConfiguration configuration) =>
        RunningSwitch.StartAsync(Actors, Datapath, Ports, configuration, Options);

    /// <summary>The MTU of a port of the first bridge; null when the bridge does not have it.</summary>
    public static int? Mtu(RunningSwitch running, uint number = 1) => Find(running, number)?.Mtu;

    /// <summary>The datapath port of a port of the first bridge; null when the bridge does not have it.</summary>
    public static uint? Place(RunningSwitch running, uint number) => Find(running, number)?.DatapathPort;

    /// <inheritdoc/>
    public void Dispose()
    {
        Ports.Dispose();
        Datapath.Dispose();
    }

    private static BridgePort? Find(RunningSwitch running, uint number) =>
        running.Translators.Bridges[0].TryGetPort(number, out BridgePort? port) ? port : null;
}
