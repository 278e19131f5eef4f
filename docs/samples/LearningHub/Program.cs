// dotnet run -- CAPTURE: puts each station of a capture behind a port of a
// hub, and lets it send what it sent. docs/dotnet.md runs the hub on devices.
using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Hosting;
using UpcallActors.Embedded;
using UpcallActors.Hosting;
using UpcallActors.Netlink;
using UpcallActors.Odp;

IReadOnlyList<CapturedFrame> frames = CaptureFile.Read(await File.ReadAllBytesAsync(args[0]), args[0]).Frames;
ulong[] stations = [.. frames.Select(frame => frame.Source).Distinct()];
using var datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions());
for (uint port = 1; port <= stations.Length; port++)
    datapath.AddPort(new EmbeddedPort(port, $"p{port}"));
var builder = Host.CreateEmptyApplicationBuilder(null);
builder.Services.AddAkka("hub", akka => akka.WithUpcallActors(options => options
    .UseDatapath(_ => datapath).UseTranslators((_, opened, _) => new LearningHub(opened, (uint)stations.Length, flowsPerSecond: 20))));
using IHost host = builder.Build();
await host.StartAsync();
foreach (CapturedFrame frame in frames) datapath.Receive((uint)Array.IndexOf(stations, frame.Source) + 1, frame.Data.Span);
var counters = host.Services.GetRequiredService<ActorSystem>().GetUpcallActors().Pipeline.Counters;
while (counters.Completed != datapath.Counters.UpcallsQueued) await Task.Delay(1);
await host.StopAsync();
Console.WriteLine($"{frames.Count} frames of {stations.Length} stations: {counters.Received} upcalls, {counters.FlowPuts} flows, "
    + $"{counters.Dropped} dropped");

/// <summary>
/// A hub of ports 1 to n that learns where stations are. A source gets only
/// so many new flows a second: what a scan sends beyond that is dropped.
/// </summary>
internal sealed class LearningHub(IDatapath datapath, uint ports, int flowsPerSecond) : IUpcallTranslatorFactory, IUpcallTranslator
{
    private readonly ConcurrentDictionary<ulong, (uint Port, long Second, int Flows)> _sources = new();
    private ulong _moves;
    public event EventHandler? Changed;
    public IRecirculationIds? Recirculations => null; // No flow of ours recirculates.
    public ulong Version => 0; // No flow becomes wrong before it is put: a station that moves has the flows looked at again.
    public ulong RevalidationVersion => Volatile.Read(ref _moves);
    public IUpcallTranslator Create(int number) => this; // What it holds is safe for all lanes at once.
    public void Expire(bool isAccounted) { } // Stations are kept for good, which those who make up addresses can abuse.
    public Translation Translate(in UpcallView upcall, Span<byte> actions, ref FlowKey mask)
    {
        var (source, port, second) = (upcall.Key.EthSrc, upcall.Key.InPort, datapath.Milliseconds / 1000);
        bool isHere = _sources.TryGetValue(source, out var before) && before.Port == port;
        int flows = _sources.AddOrUpdate(source, (port, second, 1),
            (_, seen) => (port, second, seen.Second == second ? seen.Flows + 1 : 1)).Flows;
        if (!isHere)
        {
            Interlocked.Increment(ref _moves);
            Changed?.Invoke(this, EventArgs.Empty); // The flows that there are will be translated again.
        }
        return flows > flowsPerSecond ? default : Retranslate(upcall.Key, default, actions, ref mask);
    }
    public Translation Retranslate(in FlowKey key, FlowCredit credit, Span<byte> actions, ref FlowKey mask)
    {
        (mask.InPort, mask.EthSrc, mask.EthDst) = (uint.MaxValue, (1UL << 48) - 1, (1UL << 48) - 1); // All that was looked at.
        var writer = new NetlinkWriter(actions);
        uint only = _sources.GetValueOrDefault(key.EthDst).Port; // 0, of no port, for a station that was not heard.
        for (uint port = 1; port <= ports; port++)
            if (port != key.InPort && (only == 0 || port == only))
                OvsActionWriter.Output(ref writer, port);
        return new Translation { ActionsLength = writer.Length, InstallFlow = true };
    }
}
