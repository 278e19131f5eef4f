using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Configuration.Bridges;
using UpcallActors.Ofproto;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Tests.Configuration;

/// <summary>What a good configuration is read as.</summary>
public sealed class DaemonOptionsTests : IDisposable
{
    internal const string Good = """
        upcall-actors {
          handlers = 2
          bridges.br0 {
            fail-mode = standalone
            flows = "flows.of"
            ports {
              p0 { number = 1, type = capture, input = "p0.pcap", host-mac = "02:00:00:00:00:0a", output = "out/p0.pcap", mtu = 1400 }
              p1 { number = 2, type = capture, input = "p1.pcap", host-mac = "02:00:00:00:00:0b" }
            }
          }
        }
        """;

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_key_of_the_example_reaches_its_option()
    {
        DaemonOptions options = Read(Good);
        options.Handlers.ShouldBe(2);
        BridgeOptions bridge = options.Bridges.ShouldHaveSingleItem();
        bridge.Name.ShouldBe("br0");
        bridge.Configuration.FailMode.ShouldBe(FailMode.Standalone);
        bridge.Configuration.Flows.Changes.ShouldHaveSingleItem().Priority.ShouldBe((ushort)1);
        bridge.Captures.Count.ShouldBe(2);
        CapturePortOptions port = bridge.Captures[0];
        port.Name.ShouldBe("p0");
        bridge.Configuration.Ports[0].Interfaces.ShouldHaveSingleItem().RequestedNumber.ShouldBe(1U);
        port.Frames.ShouldHaveSingleItem().Data.ToArray().ShouldBe(ConfigurationFolder.Frame(0x0a));
        port.Stations.ShouldBe([0x0200_0000_000aUL]);
        port.Output.ShouldBe(Path.Combine(_folder.Root, "out", "p0.pcap"));
        port.Mtu.ShouldBe(1400);
        CapturePortOptions second = bridge.Captures[1];
        second.Output.ShouldBeNull();
        second.Mtu.ShouldBe(1500);
    }

    [Fact]
    public void What_the_file_leaves_out_comes_from_the_built_in_defaults()
    {
        DaemonOptions options = Read(Good.Replace("handlers = 2", "", StringComparison.Ordinal)
            .Replace("fail-mode = standalone", "", StringComparison.Ordinal));
        options.Datapath.ShouldBe(
            new DatapathOptions(DatapathKind.Auto, "ovs-system", TakeOver: false, KeepOnExit: true, DispatchOption.Auto, 4 << 20));
        options.Handlers.ShouldBe(Environment.ProcessorCount);
        options.Pipeline.ShouldBe(new PipelineTuning(
            64,
            32,
            0.5,
            new StageDispatcherOptions(StageDispatcher.Lane, StageDispatcher.Lane, StageDispatcher.Lane, StageDispatcher.Lane,
                Environment.ProcessorCount),
            new RestartOptions(10, TimeSpan.FromSeconds(10), 1000)));
        options.Replay.Recorded.ShouldBeFalse();
        options.Replay.PurgeAt.ShouldBeEmpty();
        options.Bridges[0].Configuration.FailMode.ShouldBe(FailMode.Secure);
    }

    [Fact]
    public void A_later_file_lies_over_an_earlier_one()
    {
        DaemonOptions options = Read(Good, "upcall-actors.handlers = 5\nupcall-actors.bridges.br0.ports.p1.mtu = 9000\n");
        options.Handlers.ShouldBe(5);
        options.Bridges[0].Captures[1].Mtu.ShouldBe(9000);
        options.Bridges[0].Captures[0].Mtu.ShouldBe(1400);
    }

    [Fact]
    public void A_relative_path_starts_from_the_file_that_names_it()
    {
        string main = _folder.Write("main.conf", Good);
        _folder.Write("below/p2.pcap",
            ConfigurationFolder.Capture(ConfigurationFolder.Frame(1), ConfigurationFolder.Frame(1), ConfigurationFolder.Frame(1)));
        string over = _folder.Write("below/over.conf", "upcall-actors.bridges.br0.ports.p1.input = p2.pcap\n");
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = DaemonOptionsReader.Read([main, over]);
        problems.ShouldBeEmpty();
        options!.Bridges[0].Captures[1].Frames.Count.ShouldBe(3);
        options.Bridges[0].Captures[0].Frames.Count.ShouldBe(1);
    }

    [Fact]
    public void Purge_times_are_kept_to_the_microsecond_and_sorted()
    {
        DaemonOptions options = Read(Good, "upcall-actors.replay { pace = recorded, purge-at = [1790000000.000002, 1790000000.000001] }\n");
        options.Replay.Recorded.ShouldBeTrue();
        options.Replay.PurgeAt.ShouldBe([
            DateTimeOffset.FromUnixTimeSeconds(1790000000).AddMicroseconds(1),
            DateTimeOffset.FromUnixTimeSeconds(1790000000).AddMicroseconds(2),
        ]);
    }

    [Fact]
    public void A_name_with_a_dot_in_quotes_is_one_name()
    {
        DaemonOptions options = Read(Good.Replace("p1 {", "\"p1.100\" {", StringComparison.Ordinal));
        options.Bridges[0].Configuration.Ports[1].Name.ShouldBe("p1.100");
    }

    [Fact]
    public void Line_ends_of_other_systems_are_line_ends()
    {
        Read(Good.ReplaceLineEndings("\r\n")).Handlers.ShouldBe(2);
        _folder.Problems(Good.Replace("handlers = 2", "\n\nhandlers = x", StringComparison.Ordinal).ReplaceLineEndings("\r\n"))
            .ShouldBe(["a.conf:4: handlers must be a whole number, not \"x\""]);
    }

    private DaemonOptions Read(params string[] texts)
    {
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = _folder.Read(texts);
        problems.ShouldBeEmpty();
        return options!;
    }
}
