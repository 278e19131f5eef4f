using System.Globalization;
using UpcallActors.Kernel;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.Packets;
using UpcallActors.SystemTests.Kernel;
using static UpcallActors.SystemTests.Ports.PortsOfDatapath;

namespace UpcallActors.SystemTests.Ports;

public sealed class KernelConntrackTests : IDisposable
{
    /// <summary>UDP from 10.0.0.1 port 5000 to 10.0.0.2 port 53.</summary>
    private const string Datagram = "02000000000202000000000108004500002000014000401126ca0a0000010a00000213880035000c000001020304";

    private readonly KernelConntrack _conntrack = new();

    [KernelDatapathFact]
    public async Task Connections_are_those_that_ovs_dpctl_and_conntrack_show()
    {
        await using PortsOfDatapath datapath = await CreateAsync("tracked-a");
        await MakeConnectionsAsync();

        Lines(Made(), verbose: true).ShouldBe(Sorted(await Command.RunAsync("ovs-dpctl", "dump-conntrack", "-m", "system@tracked-a")));
        Lines(Made(), verbose: false).ShouldBe(Sorted(await Command.RunAsync("ovs-dpctl", "dump-conntrack", "system@tracked-a")));
        Made().Count.ShouldBe(5);
        Made(9).Count.ShouldBe(3);
        (await CountAsync(zone: 9)).ShouldBe(3);
        Made(9).ShouldAllBe(entry => entry.Zone == 9);
        Made(0).Count.ShouldBe(2);
        Made().ShouldAllBe(entry => entry.Timeout > 0 && entry.Timeout <= 1000);
    }

    [KernelDatapathFact]
    public async Task A_connection_a_zone_and_all_of_them_are_forgotten()
    {
        await MakeConnectionsAsync();
        ConntrackEntry udp = Made().Single(entry => entry.Original.Protocol == IpProtocols.Udp);
        ConntrackEntry six = Made().Single(entry => entry.Original.IsIpv6);
        ConntrackEntry ping = Made().Single(entry => entry.Original.IsIcmp);

        _conntrack.Flush(udp.Zone, udp.Original).ShouldBeTrue();
        _conntrack.Flush(udp.Zone, udp.Original).ShouldBeFalse();
        _conntrack.Flush(9, ping.Original).ShouldBeFalse();
        _conntrack.Flush(ping.Zone, ping.Original).ShouldBeTrue();
        _conntrack.Flush(six.Zone, six.Original).ShouldBeTrue();
        (await CountAsync(zone: 9)).ShouldBe(1);
        (await CountAsync(zone: null)).ShouldBe(2);

        await MakeConnectionsAsync();
        _conntrack.Flush(9);
        (await CountAsync(zone: 9)).ShouldBe(0);
        Made().Count.ShouldBe(2);

        _conntrack.Flush(null);
        Made().ShouldBeEmpty();
        (await CountAsync(zone: null)).ShouldBe(0);
    }

    [KernelDatapathFact]
    public async Task A_match_forgets_what_it_is_about()
    {
        await MakeConnectionsAsync();
        (ushort? zone, ConntrackMatch match) = ConntrackMatchText.Parse(["ct_nw_src=10.0.0.1,ct_nw_proto=6"]);
        match.Flush(_conntrack, zone).ShouldBeTrue();
        Made().ShouldNotContain(entry => entry.Original.Protocol == IpProtocols.Tcp && !entry.Original.IsIpv6);
        Made().Count.ShouldBe(3);
    }

    [KernelDatapathFact]
    public async Task A_connection_that_the_datapath_committed_has_its_zone_mark_labels_and_translation()
    {
        await using PortsOfDatapath datapath = await CreateAsync("tracked-c");
        await using VethPair veth = await VethPair.CreateAsync("vct0");
        using (KernelPorts ports = datapath.Open())
        {
            uint? number = ports.Add(new PortRequest("vct0", PortKind.System)).Number;
            Forget();
            await Command.RunAsync(
                "ovs-dpctl", "add-flow", "system@tracked-c", $"in_port({number}),eth(),eth_type(0x0800),ipv4(proto=17,frag=no),udp()",
                "ct(commit,zone=7,mark=0x5/0xffffffff,label=0xabc00000000000000001/0xffffffffffffffffffffffffffffffff,"
                    + "nat(src=10.9.9.9:7000)),0");
            await veth.SendAsync(Convert.FromHexString(Datagram));
            await Eventually.HoldsAsync(() => Made(7).Count == 1, () => "no connection was committed");

            ConntrackEntry entry = Made(7).Single();
            entry.Original.ShouldBe(new ConntrackTuple(0x0a000001, 0x0a000002, 5000, 53, 17, IsIpv6: false));
            entry.Reply.ShouldBe(new ConntrackTuple(0x0a000002, 0x0a090909, 53, 7000, 17, IsIpv6: false));
            entry.Mark.ShouldBe(5u);
            entry.Labels.ShouldBe(((UInt128)0xabc << 68) + 1);
            entry.Status.ShouldBe(ConnectionStatus.Confirmed | ConnectionStatus.SourceNat | ConnectionStatus.SourceNatDone,
                "one way so far");
            ConntrackText.Format(entry, verbose: true, statistics: false, TimeZoneInfo.Local)
                .ShouldBe(Sorted(await Command.RunAsync("ovs-dpctl", "dump-conntrack", "-m", "system@tracked-c")).Single());
            _conntrack.Flush(7, entry.Original).ShouldBeTrue();
            Made().ShouldBeEmpty();
        }
    }

    public void Dispose()
    {
        Forget();
        _conntrack.Dispose();
    }

    /// <summary>Two in zone 0, three in zone 9, of IPv4 and IPv6.</summary>
    private async Task MakeConnectionsAsync()
    {
        Forget();
        await InsertAsync("-s 10.0.0.1 -d 10.0.0.2 -p tcp --sport 1 --dport 2 --state ESTABLISHED -t 1000 -w 9 -m 7 -u SEEN_REPLY,ASSURED");
        await InsertAsync("-s 10.0.0.1 -d 10.0.0.2 -p tcp --sport 3 --dport 2 --state SYN_RECV -t 1000");
        await InsertAsync("-s 10.0.0.3 -d 10.0.0.2 -p udp --sport 4 --dport 53 -t 1000 -w 9");
        await InsertAsync("-s 10.0.0.3 -d 10.0.0.2 -p icmp --icmp-type 8 --icmp-code 0 --icmp-id 77 -t 1000");
        await InsertAsync("-s fc00::1 -d fc00::2 -p tcp --sport 3 --dport 80 --state FIN_WAIT -t 1000 -w 9");
    }

    /// <summary>Those to the tests' two servers. The machine may have others of its own, such as the test runner's.</summary>
    private List<ConntrackEntry> Made(ushort? zone = null) =>
        [.. _conntrack.Dump(zone)
            .Where(entry => entry.Original.Destination == 0x0a000002 || entry.Original.Destination == ((UInt128)0xfc00 << 112) + 2)];

    private void Forget() => Made().ForEach(entry => _conntrack.Flush(entry.Zone, entry.Original));

    private static Task InsertAsync(string arguments) => Command.RunAsync("conntrack", ["-I", .. arguments.Split(' ')]);

    private static async Task<int> CountAsync(int? zone)
    {
        string[] filter = zone is { } wanted ? ["-w", wanted.ToString(CultureInfo.InvariantCulture)] : [];
        string four = await Command.RunAsync("conntrack", ["-L", "-f", "ipv4", "-d", "10.0.0.2", .. filter]);
        string six = await Command.RunAsync("conntrack", ["-L", "-f", "ipv6", "-d", "fc00::2", .. filter]);
        return (four + six).Split('\n').Count(line => line.Contains(" src=", StringComparison.Ordinal));
    }

    private static string[] Lines(List<ConntrackEntry> entries, bool verbose) =>
        [.. entries.Select(entry => ConntrackText.Format(entry, verbose, statistics: false, TimeZoneInfo.Local))
            .Order(StringComparer.Ordinal)];

    private static string[] Sorted(string output) =>
    [
        .. output.Split('\n')
            .Where(line => line.Contains(",dst=10.0.0.2,", StringComparison.Ordinal)
                || line.Contains(",dst=fc00::2,", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];
}
