using System.Net;
using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Scenarios;

/// <summary>Connection tracking with real hosts: zones, marks, related errors, translated addresses.</summary>
public sealed class ConntrackTests
{
    private const byte Icmp = 1;

    private const string Zones = """
        priority=1,action=drop
        priority=10,arp,action=normal
        priority=100,in_port=1,icmp,action=ct(commit,zone=1),2
        priority=100,in_port=2,ct_state=-trk,icmp,action=ct(table=0,zone=1)
        priority=100,in_port=2,ct_state=+trk+est,ct_zone=1,icmp,action=1
        priority=100,in_port=3,icmp,action=ct(commit,zone=2),4
        priority=100,in_port=4,ct_state=-trk,icmp,action=ct(table=0,zone=2)
        priority=100,in_port=4,ct_state=+trk+est,ct_zone=1,icmp,action=3
        """;

    private const string Marks = """
        priority=1,action=drop
        priority=10,arp,action=normal
        priority=100,in_port=1,icmp,action=ct(commit,exec(set_field:1->ct_mark)),2
        priority=100,in_port=2,ct_state=-trk,icmp,action=ct(table=0)
        priority=100,in_port=2,ct_state=+trk+est,ct_mark=1,icmp,action=1
        priority=100,in_port=3,icmp,action=ct(commit,exec(set_field:2->ct_mark)),4
        priority=100,in_port=4,ct_state=-trk,icmp,action=ct(table=0)
        priority=100,in_port=4,ct_state=+trk+est,ct_mark=1,icmp,action=3
        """;

    private const string Related = """
        priority=1,action=drop
        priority=10,arp,action=normal
        priority=100,in_port=1,udp,action=ct(commit,exec(set_field:1->ct_mark)),2
        priority=100,in_port=2,ct_state=-trk,icmp,action=ct(table=0)
        priority=100,in_port=2,ct_state=+trk+rel-new,ct_mark=1,icmp,action=1
        """;

    private const string Translation = """
        priority=1,action=drop
        priority=10,arp,action=normal
        priority=100,in_port=1,icmp,action=ct(commit,zone=1,nat(src=10.1.1.240)),2
        priority=100,in_port=2,ct_state=-trk,icmp,action=ct(table=0,zone=1,nat)
        priority=100,in_port=2,ct_state=+trk+est,ct_zone=1,icmp,action=1
        """;

    /// <summary>
    /// Two pairs of stations with the same flows but for the zone, or mark, which lets the replies of one pair pass only.
    /// </summary>
    [SwitchTheory]
    [EveryDatapath(Zones, "zone=1", "zone=2")]
    [EveryDatapath(Marks, "mark=1", "mark=2")]
    public async Task Replies_pass_by_the_zone_or_the_mark_of_their_connection(DatapathKind datapath, string flows, string passing,
        string stopped)
    {
        await using Lab lab = await Lab.CreateAsync();
        LabHost p0 = await lab.AddStationAsync("p0", "10.1.1.1/24");
        LabHost p1 = await lab.AddStationAsync("p1", "10.1.1.2/24");
        LabHost p2 = await lab.AddStationAsync("p2", "10.1.1.3/24");
        LabHost p3 = await lab.AddStationAsync("p3", "10.1.1.4/24");
        ISwitch daemon = await StartAsync(lab, datapath, flows, p0, p1, p2, p3);
        Capture atP3 = await Capture.StartAsync(lab, p3, "p3");

        BackgroundProcess unanswered = lab.Own(p2.Start(["ping", "-n", "-i", "0.3", "10.1.1.4"]));
        await atP3.HasSeenAsync(packets => packets.Count(
            packet => packet.Protocol == Icmp && packet.Source.Equals(IPAddress.Parse("10.1.1.4"))) >= 3, "three replies of p3");
        (await Ping.SendAsync(p0, "10.1.1.2")).ShouldBeAnswered("the ping", daemon);
        Ping.Parse(unanswered.Output).Answered.ShouldBeEmpty();

        string connections = await daemon.AppctlAsync("dpctl/dump-conntrack");
        connections.Split('\n').ShouldContain(line => line.Contains("src=10.1.1.1,", StringComparison.Ordinal)
            && line.Contains(passing, StringComparison.Ordinal), connections);
        connections.Split('\n').ShouldContain(line => line.Contains("src=10.1.1.3,", StringComparison.Ordinal)
            && line.Contains(stopped, StringComparison.Ordinal), connections);
    }

    [SwitchTheory]
    [EveryDatapath]
    public async Task An_ICMP_error_passes_as_related_to_the_connection_that_it_is_about(DatapathKind datapath)
    {
        await using Lab lab = await Lab.CreateAsync();
        LabHost p0 = await lab.AddStationAsync("p0", "10.1.1.1/24");
        LabHost p1 = await lab.AddStationAsync("p1", "10.1.1.2/24");
        ISwitch daemon = await StartAsync(lab, datapath, Related, p0, p1);
        // Nobody listens on the port: the station's kernel answers "port unreachable", which the sender's socket learns of.
        (int code, string output) = await p0.TryAsync("/usr/bin/python3", "-c", """
            import socket, sys
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.settimeout(60)
            s.connect(("10.1.1.2", 10000))
            s.send(b"anyone?")
            try:
                s.recv(100)
            except ConnectionRefusedError:
                sys.exit(111)
            """);
        code.ShouldBe(111, $"{output}\n{daemon.Log}");
    }

    [SwitchTheory]
    [EveryDatapath]
    public async Task Fragments_go_out_under_the_translated_address_and_their_replies_come_back(DatapathKind datapath)
    {
        const int Size = 3200;
        await using Lab lab = await Lab.CreateAsync();
        LabHost p0 = await lab.AddStationAsync("p0", "10.1.1.1/24");
        LabHost p1 = await lab.AddStationAsync("p1", "10.1.1.2/24");
        ISwitch daemon = await StartAsync(lab, datapath, Translation, p0, p1);
        // The translated address is nobody's: p1 finds it at p0 without asking.
        await p1.IpAsync($"neighbour add 10.1.1.240 lladdr {await p0.MacAsync()} dev p1 nud permanent");
        Capture atP1 = await Capture.StartAsync(lab, p1, "p1");

        (await Ping.SendAsync(p0, "10.1.1.2", Size)).ShouldBeAnswered("the ping", daemon);

        var translated = IPAddress.Parse("10.1.1.240");
        IReadOnlyList<Datagram> Requests() =>
            [.. Datagram.Whole(atP1.Packets(), Icmp).Where(datagram => !datagram.Source.Equals(IPAddress.Parse("10.1.1.2")))];
        await atP1.HasSeenAsync(_ => Requests().Count >= 3, "three whole requests");
        foreach (Datagram request in Requests())
        {
            request.Source.ShouldBe(translated);
            request.PayloadLength.ShouldBe(Size + 8);
            request.LongestPacket.ShouldBeLessThanOrEqualTo(1500);
        }
    }

    private static Task<ISwitch> StartAsync(Lab lab, DatapathKind datapath, string flows, params LabHost[] stations) =>
        DaemonProcess.StartAsync(lab, new SwitchConfiguration(
            datapath,
            new BridgeConfiguration("br0", [.. stations.Select((station, index) => PortConfiguration.Of(station, index + 1))])
            {
                Flows = flows,
            }));
}
