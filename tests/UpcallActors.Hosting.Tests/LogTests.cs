using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using UpcallActors.Odp;
using UpcallActors.Pipeline;

namespace UpcallActors.Hosting.Tests;

/// <summary>What the host's own log says, though Akka's is silent.</summary>
public sealed class LogTests
{
    [Fact]
    public async Task The_start_the_end_and_each_port_are_said()
    {
        var lines = new Lines();
        await using (var hosted = new HostedDatapath())
        {
            using var ports = new ScriptedPorts();
            ports.Add(new PortRequest("p1", PortKind.System));
            ports.SetDevice("p1", mtu: 1500);
            await hosted.StartAsync(
                options => options.UseDatapath(_ => hosted.Datapath, _ => ports).AddBridge(
                    "br0", bridge => bridge.AddPort(1, "p1").AddPort(2, "p2")),
                services => services.AddSingleton<ILoggerProvider>(lines));
            lines.All.ShouldContain("Information UpcallActors: Port p1 is datapath port 1, MTU 1500");
            lines.All.ShouldContain(
                line => line.StartsWith("Warning UpcallActors: Port p2 is not in the datapath, and waits: ", StringComparison.Ordinal));
            lines.All.ShouldContain("Information UpcallActors: Upcalls of datapath ovs-system are answered by 1 lanes");

            ports.SetDevice("p2", mtu: 9000);
            await Eventually.HoldsAsync(
                () => lines.All.Any(line => Regex.IsMatch(line, "^Information UpcallActors: Port p2 is datapath port [0-9]+, MTU 9000$")));
            await hosted.Host.StopAsync();
        }

        lines.All.ShouldContain("Information UpcallActors: Datapath ovs-system is closed after 0 upcalls");
    }

    [Fact]
    public async Task What_fails_in_a_lane_is_said_with_its_reason()
    {
        var lines = new Lines();
        await using var hosted = new HostedDatapath();
        await hosted.StartAsync(
            options =>
            {
                options.UseDatapath(_ => hosted.Datapath).UseTranslators(SimpleTranslators.Failing);
                options.Pipeline = new UpcallPipelineSettings { TranslatorFailureLimit = 2, Revalidation = null };
            },
            services => services.AddSingleton<ILoggerProvider>(lines));
        ulong source = 0;

        await Eventually.HoldsAsync(() =>
        {
            hosted.Send(1, ++source, destination: 2);
            return lines.All.Any(
                line => Regex.IsMatch(line, "^Critical UpcallActors: The upcalls of datapath ovs-system are no longer answered"));
        });

        lines.All.ShouldContain(line => Regex.IsMatch(line, "^Error ofproto_dpif_upcall: .*translator failed .* told to$"));
    }

    /// <summary>Keeps what is logged.</summary>
    private sealed class Lines : ILoggerProvider
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> All => _lines;

        public ILogger CreateLogger(string categoryName) => new Category(categoryName, _lines);

        public void Dispose()
        {
        }

        private sealed class Category(string name, ConcurrentQueue<string> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Enqueue($"{logLevel} {name}: {formatter(state, exception)}{(exception is null ? "" : $" {exception.Message}")}");
        }
    }
}
