using System.Globalization;
using UpcallActors.Kernel;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using static UpcallActors.SystemTests.Ports.PortsOfDatapath;

namespace UpcallActors.SystemTests.Ports;

public sealed class KernelConntrackTests : IDisposable
{
    private readonly KernelConntrack _conntrack = new();

    [KernelDatapathFact]
    public async Task Connections_are_those_that_ovs_dpctl_and_conntrack_show()
    {
        await using PortsOfDatapath datapath = await CreateAsync("tracked-a");
        await MakeConnectionsAsync();

        string[] shown = Sorted(await Command.RunAsync("ovs-dpctl", "dump-conntrack", "-m", "system@tracked-a"));
        string[] ours = [.. _conntrack.Dump(null).Select(entry => ConntrackText.Format(entry, verbose: true, statistics: false, TimeZoneInfo.Local)).Order(StringComparer.Ordinal)];

        ours.Length.ShouldBe(5);
        ours.ShouldBe(shown);
        string[] brief = [.. _conntrack.Dump(null).Select(entry => ConntrackText.Format(entry, verbose: false, statistics: false, TimeZoneInfo.Local)).Order(StringComparer.Ordinal)];
        brief.ShouldBe(Sorted(await Command.RunAsync("ovs-dpctl", "dump-conntrack", "system@tracked-a")));
        _conntrack.Dump(9).Count.ShouldBe(await CountAsync(zone: 9));
        _conntrack.Dump(9).ShouldAllBe(entry => entry.Zone == 9);
        _conntrack.Dump(0).Count.ShouldBe(2);
        _conntrack.Dump(null).ShouldAllBe(entry => entry.Timeout > 0 && entry.Timeout <= 1000);
    }

    [KernelDatapathFact]
    public async Task A_connection_a_zone_and_all_of_them_are_forgotten()
    {
        await MakeConnectionsAsync();
        ConntrackEntry udp = _conntrack.Dump(null).Single(entry => entry.Original.Protocol == IpProtocols.Udp);
        ConntrackEntry six = _conntrack.Dump(null).Single(entry => entry.Original.IsIpv6);
        ConntrackEntry ping = _conntrack.Dump(null).Single(entry => entry.Original.IsIcmp);

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
        _conntrack.Dump(null).Count.ShouldBe(2);

        _conntrack.Flush(null);
        _conntrack.Dump(null).ShouldBeEmpty();
        (await CountAsync(zone: null)).ShouldBe(0);
    }

    [KernelDatapathFact]
    public async Task A_match_forgets_what_it_is_about()
    {
        await MakeConnectionsAsync();
        (ushort? zone, ConntrackMatch match) = ConntrackMatchText.Parse(["ct_nw_src=10.0.0.1,ct_nw_proto=6"]);
        match.Flush(_conntrack, zone).ShouldBeTrue();
        _conntrack.Dump(null).ShouldNotContain(entry => entry.Original.Protocol == IpProtocols.Tcp && !entry.Original.IsIpv6);
        _conntrack.Dump(null).Count.ShouldBe(3);
        _conntrack.Flush(null);
    }

    public void Dispose() => _conntrack.Dispose();

    /// <summary>Two in zone 0, three in zone 9, of IPv4 and IPv6. Nothing else in this network namespace makes any.</summary>
    private async Task MakeConnectionsAsync()
    {
        _conntrack.Flush(null);
        await InsertAsync("-s 10.0.0.1 -d 10.0.0.2 -p tcp --sport 1 --dport 2 --state ESTABLISHED -t 1000 -w 9 -m 7 -u SEEN_REPLY,ASSURED");
        await InsertAsync("-s 10.0.0.1 -d 10.0.0.2 -p tcp --sport 3 --dport 2 --state SYN_RECV -t 1000");
        await InsertAsync("-s 10.0.0.3 -d 10.0.0.2 -p udp --sport 4 --dport 53 -t 1000 -w 9");
        await InsertAsync("-s 10.0.0.3 -d 10.0.0.2 -p icmp --icmp-type 8 --icmp-code 0 --icmp-id 77 -t 1000");
        await InsertAsync("-s fc00::1 -d fc00::2 -p tcp --sport 3 --dport 80 --state FIN_WAIT -t 1000 -w 9");
    }

    private static Task InsertAsync(string arguments) => Command.RunAsync("conntrack", ["-I", .. arguments.Split(' ')]);

    private static async Task<int> CountAsync(int? zone)
    {
        string[] filter = zone is { } wanted ? ["-w", wanted.ToString(CultureInfo.InvariantCulture)] : [];
        string four = await Command.RunAsync("conntrack", ["-L", "-f", "ipv4", .. filter]);
        string six = await Command.RunAsync("conntrack", ["-L", "-f", "ipv6", .. filter]);
        return (four + six).Split('\n').Count(line => line.Contains(" src=", StringComparison.Ordinal));
    }

    private static string[] Sorted(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.Contains("orig=(", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
