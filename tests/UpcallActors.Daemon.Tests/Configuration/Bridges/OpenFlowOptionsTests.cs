using UpcallActors.Daemon.Configuration;
using UpcallActors.OpenFlow;
using UpcallActors.Switch;

namespace UpcallActors.Daemon.Tests.Configuration.Bridges;

/// <summary>How OpenFlow clients have to do with a bridge, as a file says it.</summary>
public sealed class OpenFlowOptionsTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_bridge_has_controllers_versions_and_a_number()
    {
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = _folder.Read(With("""
            controllers = ["tcp:192.0.2.1", "ptcp:6633:127.0.0.1"], protocols = [OpenFlow10, OpenFlow13]
            datapath-id = "00000000000000ff", max-backoff = 2s, inactivity-probe = 3s, fragment-long-packets = on
            """));

        problems.ShouldBeEmpty();
        BridgeConfiguration bridge = options!.Bridges[0].Configuration;
        bridge.DatapathId.ShouldBe(0xfful);
        bridge.Protocols.ShouldBe(OpenFlowVersions.Of(OpenFlowVersion.V10, OpenFlowVersion.V13));
        bridge.FragmentsLongPackets.ShouldBeTrue();
        bridge.Controllers.Select(one => (one.Target, one.MaxBackoff.TotalSeconds, one.InactivityProbe.TotalSeconds))
            .ShouldBe([("tcp:192.0.2.1", 2d, 3d), ("ptcp:6633:127.0.0.1", 2d, 3d)]);
    }

    [Theory]
    [InlineData("", ConnectionMode.OutOfBand, null)]
    [InlineData(", in-band = false", ConnectionMode.OutOfBand, null)]
    [InlineData(", in-band = true, in-band-queue = 4294967295", ConnectionMode.InBand, uint.MaxValue)]
    public void Controllers_are_reached_through_the_bridge_if_that_is_said(string said, ConnectionMode mode, uint? queue)
    {
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = _folder.Read(
            With($"controllers = [\"tcp:192.0.2.1\", \"tcp:192.0.2.2\"]{said}"));

        problems.ShouldBeEmpty();
        BridgeConfiguration bridge = options!.Bridges[0].Configuration;
        bridge.Controllers.Select(one => one.ConnectionMode).ShouldBe([mode, mode]);
        (bridge.InBandQueue, bridge.DisableInBand).ShouldBe((queue, false));
    }

    [Fact]
    public void A_bridge_of_which_nothing_is_said_speaks_all_versions_and_goes_to_nobody()
    {
        BridgeConfiguration bridge = _folder.Read(With("")).Options!.Bridges[0].Configuration;

        (bridge.DatapathId, bridge.Protocols, bridge.Controllers.Count, bridge.FragmentsLongPackets)
            .ShouldBe((null, OpenFlowVersions.All, 0, false));
    }

    [Theory]
    [InlineData("rate-limit = 1000, queue-size = 512", 1000, null, 512)]
    [InlineData("rate-limit = 100, burst-limit = 25", 100, 25, 100)]
    [InlineData("", null, null, 100)]
    public void Packets_for_its_controllers_have_limits(string said, int? rate, int? burst, int queueSize)
    {
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = _folder.Read(With("controllers = [\"ptcp:\"], " + said));

        problems.ShouldBeEmpty();
        BridgeConfiguration bridge = options!.Bridges[0].Configuration;
        bridge.ControllerQueueSize.ShouldBe(queueSize);
        bridge.Controllers.Select(one => (one.RateLimit, one.BurstLimit)).ShouldBe([(rate, burst)]);
    }

    [Theory]
    [InlineData("controllers = [\"udp:192.0.2.1\"]", "controllers has no place like \"udp:192.0.2.1\"")]
    [InlineData("controllers = [\"ssl:192.0.2.1\"]", "ssl:192.0.2.1 needs tls.certificate, tls.private-key and tls.ca-certificate")]
    [InlineData("protocols = [OpenFlow16]", "protocols has OpenFlow10 to OpenFlow15, not \"OpenFlow16\"")]
    [InlineData("datapath-id = \"12\"", "datapath-id must be 16 hexadecimal digits that are not all 0, not \"12\"")]
    [InlineData("datapath-id = \"0000000000000000\"", "datapath-id must be 16 hexadecimal digits that are not all 0")]
    [InlineData("max-backoff = 100ms", "max-backoff must be from")]
    [InlineData("inactivity-probe = never", "inactivity-probe")]
    [InlineData("rate-limit = 99", "rate-limit must be from 100 to 1000000, not 99")]
    [InlineData("rate-limit = 100, burst-limit = 24", "burst-limit must be from 25 to 1000000, not 24")]
    [InlineData("burst-limit = 25", "burst-limit needs a rate-limit")]
    [InlineData("queue-size = 0", "queue-size must be from 1 to 512, not 0")]
    [InlineData("queue-size = 513", "queue-size must be from 1 to 512, not 513")]
    [InlineData("in-band = maybe", "in-band")]
    [InlineData("in-band-queue = -1", "in-band-queue must be")]
    [InlineData("colour = red", "colour")]
    public void What_is_wrong_is_named(string said, string problem) =>
        _folder.Read(With(said)).Problems.ShouldHaveSingleItem().ToString().ShouldContain(problem);

    [Fact]
    public void Files_of_TLS_that_are_none_are_named()
    {
        string certificate = _folder.Write("switch.pem", "no certificate");

        IReadOnlyList<ConfigurationProblem> problems = _folder.Read(
            With("") + $$"""

                upcall-actors.tls {
                  certificate = "{{certificate}}", private-key = "{{certificate}}", ca-certificate = "{{certificate}}"
                }
                """).Problems;

        problems.ShouldHaveSingleItem().ToString().ShouldContain("the files of tls cannot be used");
    }

    private static string With(string openFlow) =>
        $"upcall-actors.bridges.br0 {{ openflow {{ {openFlow} }}, ports.p0 {{ type = system, number = 1 }} }}";
}
