// dotnet run -- CAPTURE: puts each host of a capture behind a port of a hub,
// and sends its frames again. docs/dotnet.md runs the hub on devices.
using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Hosting;
using UpcallActors.Embedded;
using UpcallActors.Hosting;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

IReadOnlyList<CapturedFrame> frames = CaptureFile.Read(await File.ReadAllBytesAsync(args[0]), args[0]).Frames;
ulong[] hosts = [.. frames.Select(frame => frame.Source).Distinct()];
using var datapath = new EmbeddedDatapath(new EmbeddedDatapathOptions());
for (uint port = 1; port <= hosts.Length; port++)
    datapath.AddPort(new EmbeddedPort(port, $"p{port}"));
var builder = Host.CreateEmptyApplicationBuilder(null);
builder.Services.AddAkka("hub", akka => akka.WithUpcallActors(options => options
    .UseDatapath(_ => datapath).UseTranslators((_, opened, _) => new LearningHub(opened, (uint)hosts.Length, flowsPerSecond: 20))));
using IHost host = builder.Build();
await host.StartAsync();
foreach (CapturedFrame frame in frames) datapath.Receive((uint)Array.IndexOf(hosts, frame.Source) + 1, frame.Data.Span);
var counters = host.Services.GetRequiredService<ActorSystem>().GetUpcallActors().Pipeline.Counters;
while (counters.Completed != datapath.Counters.UpcallsQueued) await Task.Delay(1);
await host.StopAsync();
Console.WriteLine($"{frames.Count} frames of {hosts.Length} hosts: {counters.Received} upcalls, {counters.FlowPuts} flows, "
    + $"{counters.Dropped} dropped");

/// <summary>
/// A hub of ports 1 to n that learns MAC addresses. A source gets only so
/// many new flows a second, so a scan loses the rest of its packets.
/// </summary>
internal sealed class LearningHub(IDatapath datapath, uint ports, int flowsPerSecond) : IUpcallTranslatorFactory, IUpcallTranslator
{
    private readonly ConcurrentDictionary<ulong, (uint Port, long Second, int Flows)> _sources = new();
    private ulong _moves;
    public event EventHandler? Changed;
    public IRecirculationIds? Recirculations => null; // Its flows do not recirculate.
    public ulong Version => 0; // No flow becomes wrong before it is put: when a host moves, Changed has the flows translated again.
    public ulong RevalidationVersion => Volatile.Read(ref _moves);
    public IUpcallTranslator Create(int number) => this; // Its state is safe for all lanes at once.
    public void Expire(bool isAccounted) { } // Addresses are never forgotten, which a sender of invented addresses can abuse.
    public Translation Translate(in UpcallView upcall, Span<byte> actions, ref FlowKey mask)
    {
        var (source, port, second) = (upcall.Key.EthSrc, upcall.Key.DatapathPort, datapath.Milliseconds / 1000);
        bool isHere = _sources.TryGetValue(source, out var before) && before.Port == port;
        int flows = _sources.AddOrUpdate(source, (port, second, 1),
            (_, seen) => (port, second, seen.Second == second ? seen.Flows + 1 : 1)).Flows;
        if (!isHere)
        {
            Interlocked.Increment(ref _moves);
            Changed?.Invoke(this, EventArgs.Empty); // Installed flows will be translated again.
        }
        return flows > flowsPerSecond ? default : Retranslate(upcall.Key, default, actions, ref mask);
    }
    public Translation Retranslate(in FlowKey key, FlowCredit credit, Span<byte> actions, ref FlowKey mask)
    {
        (mask.DatapathPort, mask.EthSrc, mask.EthDst) = (uint.MaxValue, (1UL << 48) - 1, (1UL << 48) - 1); // All fields that were used.
        var writer = new NetlinkWriter(actions);
        uint only = _sources.GetValueOrDefault(key.EthDst).Port; // 0, which is no port, for an unknown address.
        for (uint port = 1; port <= ports; port++)
            if (port != key.DatapathPort && (only == 0 || port == only))
                OvsActionWriter.Output(ref writer, port);
        return new Translation { ActionsLength = writer.Length, InstallFlow = true };
    }
}
