using Akka.Actor;
using UpcallActors.Daemon.Live.Reloading;
using UpcallActors.Daemon.Tests.Configuration;
using UpcallActors.Embedded;
using UpcallActors.Ofproto;
using UpcallActors.Pipeline.Tests;
using UpcallActors.Switch;
using UpcallActors.Switch.Tests;

namespace UpcallActors.Daemon.Tests.Live.Reloading;

/// <summary>Bridges of a file that is read again.</summary>
public sealed class SwitchReloadTests : IDisposable
{
    private const string Text = """
        upcall-actors.bridges {
          br0 {
            flows = "flows.of"
            ports {
              p0 { number = 1, type = system, interface = eth0, tag = 4 }
              t0 { number = 3, type = vxlan, remote-ip = 192.0.2.1, key = 1 }
            }
          }
          br1.ports.p2 { number = 1, type = internal }
        }
        """;

    private readonly ConfigurationFolder _folder = new();
    private readonly EmbeddedDatapath _datapath = new(new EmbeddedDatapathOptions { Name = "dp0" });
    private readonly ScriptedPorts _ports = new();
    private readonly LogLines _log = new();

    public void Dispose()
    {
        _ports.Dispose();
        _datapath.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_written_there_holds_and_what_waits_is_tried_again()
    {
        using var system = ActorSystem.Create("reload", "akka.loglevel = OFF");
        _folder.Write("flows.of", "priority=5,actions=output:1\n");
        string file = _folder.Write("a.conf", Text);
        using RunningConfiguration configuration = RunningConfiguration.Read([file]).Configuration!;
        // No look by time: the reload is to be the one that finds the device.
        var options = new SwitchOptions { Logger = _log, Time = new ManualTime() };
        await using RunningSwitch running = await RunningSwitch.StartAsync(
            system, _datapath, _ports, configuration.Options.Switch, options);
        configuration.Attach(new SwitchReload(running));
        FlowTables tables = running.Translators.Bridges[0].Tables;
        // The switch looks once more when it has started: a request behind that look is answered after it.
        (await running.RetryAsync()).ShouldHaveSingleItem().ShouldContain("still waits");
        _ports.SetDeviceQuietly("eth0", 1500);
        _folder.Write("flows.of", "priority=6,actions=output:1\n");
        string changed = Text.Replace("tag = 4", "tag = 7", StringComparison.Ordinal);
        _folder.Write("a.conf", changed.Replace("br1.ports.p2", "br2.ports.p2", StringComparison.Ordinal));

        ReloadReport report = await configuration.ReloadAsync(_log);

        report.Failed.ShouldBeEmpty();
        report.Retried.ShouldBe(["port p0 of br0 is in the datapath now"]);
        running.Translators.Bridges.Select(bridge => bridge.Name).ShouldBe(["br0", "br2"]);
        running.Translators.Bridges[0].TryGetPort(1, out BridgePort? port).ShouldBeTrue();
        port.Vlan.ShouldBe((ushort)7);
        tables.GetRules().ShouldHaveSingleItem().Priority.ShouldBe((ushort)6);
        _ports.List().Select(there => there.Name).ShouldBe(["eth0", "vxlan_sys_4789", "br0", "br2", "p2"], ignoreOrder: true);
    }
}
