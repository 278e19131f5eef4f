using System.Net;
using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Scenarios;

/// <summary>Fragments in orders and shapes that hosts do not send but attackers and broken networks do.</summary>
public sealed class CraftedFragmentTests
{
    /// <summary>As in the recorded scenarios, but requests are tracked and come up again as well: whole, and with the MRU.</summary>
    private const string Flows = """
        priority=1,action=drop
        priority=10,arp,action=normal
        priority=10,icmp6,icmp_type=135,action=normal
        priority=10,icmp6,icmp_type=136,action=normal
        priority=5,in_port=1,ct_state=-trk,ip,action=ct(table=0,zone=9)
        priority=5,in_port=1,ct_state=+trk+new,ip,action=ct(commit,zone=9),2
        priority=5,in_port=1,ct_state=+trk+est,ip,action=2
        priority=5,in_port=2,ct_state=-trk,ip,action=ct(table=0,zone=9)
        priority=5,in_port=2,ct_state=+trk+est-new,ip,action=1
        priority=5,in_port=1,ct_state=-trk,ipv6,action=ct(table=0,zone=9)
        priority=5,in_port=1,ct_state=+trk+new,ipv6,action=ct(commit,zone=9),2
        priority=5,in_port=1,ct_state=+trk+est,ipv6,action=2
        priority=5,in_port=2,ct_state=-trk,ipv6,action=ct(table=0,zone=9)
        priority=5,in_port=2,ct_state=+trk+est-new,ipv6,action=1
        """;

    private const int EchoLength = 3208;

    [SwitchTheory]
    [EveryDatapath("10.1.1.1", "10.1.1.2", "2,1,0")]
    [EveryDatapath("10.1.1.1", "10.1.1.2", "1,2,0")]
    [EveryDatapath("fc00::1", "fc00::2", "2,1,0")]
    [EveryDatapath("fc00::1", "fc00::2", "1,2,0")]
    public async Task Fragments_out_of_order_arrive_as_one_datagram_and_are_answered(DatapathKind datapath, string own, string peer,
        string order)
    {
        await using Lab lab = await Lab.CreateAsync();
        Link link = await StartAsync(lab, datapath, own, peer);
        await link.SendAsync($"1:{order}");
        await link.HasAnswersAsync(1);
        link.AtPeer.Packets().Where(link.IsRequest).Max(packet => packet.Length).ShouldBeLessThanOrEqualTo(1500);
    }

    /// <summary>What follows is whole: when it is answered, what came before has had its chance.</summary>
    [SwitchTheory]
    [EveryDatapath("10.1.1.1", "10.1.1.2", "0,1")]
    [EveryDatapath("10.1.1.1", "10.1.1.2", "1,2")]
    [EveryDatapath("10.1.1.1", "10.1.1.2", "0,1x,2")]
    [EveryDatapath("fc00::1", "fc00::2", "0,1")]
    [EveryDatapath("fc00::1", "fc00::2", "1,2")]
    [EveryDatapath("fc00::1", "fc00::2", "0,1x,2")]
    public async Task Of_an_incomplete_or_overlapping_datagram_nothing_arrives_and_the_next_is_answered(DatapathKind datapath, string own,
        string peer, string order)
    {
        await using Lab lab = await Lab.CreateAsync();
        Link link = await StartAsync(lab, datapath, own, peer);
        await link.SendAsync($"1:{order}", "2:0,1,2");
        await link.HasAnswersAsync(2);

        IpPacket[] arrived = [.. link.AtPeer.Packets().Where(link.IsRequest)];
        Datagram.Whole(arrived, link.Protocol).Single().Payload[6..8].ShouldBe([0, 2], "sequence number of the only datagram");
        arrived.Sum(packet => packet.Payload.Length).ShouldBe(EchoLength, "nothing but that datagram");
    }

    private static async Task<Link> StartAsync(Lab lab, DatapathKind datapath, string own, string peer)
    {
        string prefix = own.Contains(':', StringComparison.Ordinal) ? "/96" : "/24";
        LabHost p0 = await lab.AddStationAsync("p0", own + prefix);
        LabHost p1 = await lab.AddStationAsync("p1", peer + prefix);
        await DaemonProcess.StartAsync(lab, new SwitchConfiguration(
            datapath, new BridgeConfiguration("br0", PortConfiguration.Of(p0, 1), PortConfiguration.Of(p1, 2)) { Flows = Flows }));
        return new Link(
            p0, await p0.MacAsync(), await p1.MacAsync(), IPAddress.Parse(own), IPAddress.Parse(peer),
            await Capture.StartAsync(lab, p0, "p0"), await Capture.StartAsync(lab, p1, "p1"));
    }

    /// <summary>Two stations, and what is on the wire at each.</summary>
    private sealed record Link(LabHost Sender, string OwnMac, string PeerMac, IPAddress Own, IPAddress Peer, Capture AtSender,
        Capture AtPeer)
    {
        /// <summary>ICMP or ICMPv6.</summary>
        public byte Protocol => Own.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? (byte)1 : (byte)58;

        private byte EchoRequest => Protocol == 1 ? (byte)8 : (byte)128;

        /// <summary>Whether a packet is a request, or a piece of one.</summary>
        public bool IsRequest(IpPacket packet) =>
            packet.Protocol == Protocol && packet.Source.Equals(Own) && (packet.Offset > 0 || packet.Payload.Span[0] == EchoRequest);

        /// <summary>Sends requests in pieces, each given as identification and order.</summary>
        public Task SendAsync(params string[] requests) => Sender.RunAsync([
            "/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, "scripts", "fragments.py"), Sender.Device, OwnMac, PeerMac,
            Own.ToString(), Peer.ToString(), .. requests,
        ]);

        /// <summary>Waits for the whole reply to a request, as large as that was.</summary>
        public Task HasAnswersAsync(int identification) => AtSender.HasSeenAsync(
            packets => Datagram.Whole(packets, Protocol).Any(datagram =>
                datagram.Source.Equals(Peer) && datagram.PayloadLength == EchoLength && datagram.FirstByte != EchoRequest
                    && datagram.Payload[7] == identification),
            $"the reply to {identification}");
    }
}
