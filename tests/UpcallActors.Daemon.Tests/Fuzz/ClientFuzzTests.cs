using System.Globalization;
using System.Text;
using UpcallActors.Daemon.Tests.Control;

namespace UpcallActors.Daemon.Tests.Fuzz;

/// <summary>Drives the clients' fuzz targets with seeded mutations.</summary>
public sealed class ClientFuzzTests
{
    internal static string[] Tokens { get; } =
        ["{", "}", "[", "]", "\"", "\\", "\\ud800", ",", ":", "null", "0", "-1", "1e999", " ", "\n", "ä", "\0", "--class", "--port",
            "miss", "p0", ", packets:", ", used:never", ", actions:", "id", "result"];

    internal static string[] FilterCorpus { get; } =
    [
        "--class miss --port p0 ip,nw_src=10.0.0.0/8",
        "--packets tcp,in_port=p0,ct_state=+trk-new --class slow_path --port 7",
    ];

    internal static string[] TextCorpus { get; } =
    [
        "ufid:104f0d20-0123-4c84-8b54-27995c286edd, recirc_id(0),in_port(2),eth(src=02:00:00:00:00:01),eth_type(0x0800),ipv4(frag=no)",
        "in_port(1),eth(),eth_type(0x8100),vlan(vid=100,pcp=0),encap(eth_type(0x0800),ipv4(proto=1,frag=no),icmp(type=8))",
    ];

    private delegate void Target(ReadOnlySpan<byte> input);

    [Fact]
    public void No_filter_brings_a_monitor_down() =>
        Run(ClientFuzz.Filter, FilterCorpus);

    [Fact]
    public async Task No_snapshot_and_no_flow_brings_a_client_down()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        Run(ClientFuzz.Text, [await daemon.PrintAsync("upcall-actors/snapshot"), .. TextCorpus]);
    }

    private static void Run(Target target, params string[] corpus)
    {
        int iterations = int.Parse(Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS") ?? "3000", CultureInfo.InvariantCulture);
        var random = new Random(20_261_123);
        for (int i = 0; i < iterations; i++)
        {
            byte[] input = Mutate(Encoding.UTF8.GetBytes(corpus[random.Next(corpus.Length)]), random);
            try
            {
                target(input);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException(
                    $"iteration {i}, input {Convert.ToBase64String(input)}:\n{Encoding.UTF8.GetString(input)}", failure);
            }
        }
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = new List<byte>(seed);
        for (int edits = random.Next(0, 5); edits > 0; edits--)
        {
            int at = random.Next(bytes.Count + 1);
            switch (random.Next(4))
            {
                case 0:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 12), bytes.Count - at));
                    break;
                case 1:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]));
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3 when at < bytes.Count:
                    bytes[at] = (byte)"0123456789\"x"[random.Next(12)];
                    break;
            }
        }

        return [.. bytes];
    }
}
