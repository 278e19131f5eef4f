using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using UpcallActors.Daemon.Status;
using UpcallActors.Daemon.Tests.Control;
using UpcallActors.Odp;
using UpcallActors.Switch;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Tests.Status;

/// <summary>What the daemon's health endpoints say when its ports come and go.</summary>
public sealed class ReadinessTests
{
    [Fact]
    public async Task A_daemon_without_one_of_its_ports_lives_and_is_not_ready_until_the_port_is_back()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync(isAnswered: true);
        IReadOnlyList<WaitingInterface> waiting = [];
        var status = new SwitchStatus(daemon.Datapath, daemon.Translators, daemon.Pipeline, waiting: () => waiting);
        using var checks = new HealthChecks(status.Health);
        await using StatusServer server = await StatusServer.StartAsync(
            new IPEndPoint(IPAddress.Loopback, 0), status, checks.Service, metrics: null, NullLoggerFactory.Instance);
        using var client = new HttpClient { BaseAddress = new Uri($"http://{server.Endpoint}/") };
        await Eventually.HoldsAsync(async () => await AskAsync("ready") == (HttpStatusCode.OK, "ready\n"));

        waiting = [new WaitingInterface("br0", 1, "p1", PortKind.System, "there is no such device", IsRefused: false)];
        (HttpStatusCode code, string text) = await AskAsync("ready");
        (code, text).ShouldBe((HttpStatusCode.ServiceUnavailable, "not ready: port p1 does not answer: there is no such device\n"));
        status.Take().NotReadyBecause.ShouldBe("port p1 does not answer: there is no such device");
        (await AskAsync("live")).ShouldBe((HttpStatusCode.OK, "live\n"));

        waiting = [];
        (await AskAsync("ready")).ShouldBe((HttpStatusCode.OK, "ready\n"));

        async Task<(HttpStatusCode, string)> AskAsync(string path)
        {
            using HttpResponseMessage answer = await client.GetAsync($"health/{path}");
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
    }
}
