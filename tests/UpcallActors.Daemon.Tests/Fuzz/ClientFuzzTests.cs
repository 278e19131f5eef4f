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

    [Fact]
    public void No_filter_brings_a_monitor_down() =>
        MutatedText.Run(ClientFuzz.Filter, Tokens, FilterCorpus);

    [Fact]
    public async Task No_snapshot_and_no_flow_brings_a_client_down()
    {
        await using ControlledSwitch daemon = await ControlledSwitch.StartAsync();
        MutatedText.Run(ClientFuzz.Text, Tokens, [await daemon.PrintAsync("upcall-actors/snapshot"), .. TextCorpus]);
    }
}
