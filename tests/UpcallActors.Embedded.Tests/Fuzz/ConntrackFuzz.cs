using UpcallActors.Embedded.Tests.Conntrack;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Fuzz;

/// <summary>Fuzz targets of the connection tracker (input: a frame) and of the ct action's attributes (input: these).</summary>
public class ConntrackFuzz
{
    private const int Limit = 32;
    private static readonly ConnectionTracker s_tracker = new(Limit, verifyChecksums: false);
    private static readonly ConntrackParameters[] s_actions = Actions();
    private static long s_now;

    internal static void Track(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2)
            return;
        s_now += 50;
        byte[] frame = input.ToArray();
        foreach (ConntrackParameters action in s_actions)
        {
            var key = new FlowKey { EthType = action.EtherType };
            s_tracker.Execute(frame, Math.Min(Frames.NetworkOffset, frame.Length), in action, s_now, ref key);
            key.CtState.HasFlag(CtState.Tracked).ShouldBeTrue();
            s_tracker.Count.ShouldBeLessThanOrEqualTo(Limit);
        }

        frame.Length.ShouldBe(input.Length);
        ConnectionTracker.TrimmedLength(input, Frames.NetworkOffset, 0x0800).ShouldBeLessThanOrEqualTo(input.Length);
    }

    internal static void ParseParameters(ReadOnlySpan<byte> input)
    {
        foreach (ushort type in (ushort[])[0x0800, 0x86dd])
        {
            if (ConntrackParameters.TryParse(input, type, out ConntrackParameters parameters) != ConntrackParseError.None)
                continue;
            NetlinkAttributes.Check(input).ShouldBe(NetlinkParseError.None);
            (parameters.Commit || (parameters.MarkMask == 0 && parameters.LabelsMask == 0)).ShouldBeTrue();
            (parameters.Commit || parameters.Nat is NatOptions.None or NatOptions.Existing).ShouldBeTrue();
        }
    }

    [Fact]
    public void Tracker_survives_mutated_frames() => SeededMutations.Run(Track, FrameCorpus());

    [Fact]
    public void Parameters_survive_mutated_attributes() => SeededMutations.Run(ParseParameters, ActionCorpus());

    private static ConntrackParameters[] Actions()
    {
        List<ConntrackParameters> actions = [];
        foreach ((ushort type, string address) in ((ushort, string)[])[(0x0800, "192.0.2.1"), (0x86dd, "2001:db8::1")])
        {
            byte[][] all =
            [
                CtSession.Attributes(1),
                CtSession.Attributes(1, commit: true),
                CtSession.Attributes(2, commit: true, nat: new Nat(true, address)),
                CtSession.Attributes(2, nat: new Nat()),
                CtSession.Attributes(3, commit: true, force: true, nat: new Nat(false, address, MinPort: 1, MaxPort: 9)),
            ];
            foreach (byte[] attributes in all)
            {
                ConntrackParameters.TryParse(attributes, type, out ConntrackParameters parameters).ShouldBe(ConntrackParseError.None);
                actions.Add(parameters);
            }
        }

        return [.. actions];
    }

    internal static List<byte[]> FrameCorpus()
    {
        List<byte[]> corpus = [];
        foreach ((string a, string b, byte echo, byte unreachable) in ((string, string, byte, byte)[])[("10.1.1.1", "10.1.1.2", 8, 3),
            ("fc00::1", "fc00::2", 128, 1)])
        {
            byte[] udp = Frames.Udp(a, 1, b, 2);
            byte[] tcp = Frames.Tcp(a, 3, b, 4, Frames.Syn, 10, options: [2, 4, 5, 0xb4, 4, 2, 3, 3, 7, 1, 1, 0]);
            corpus.AddRange(
            [
                udp,
                Frames.Udp(b, 2, a, 1),
                tcp,
                Frames.Tcp(b, 4, a, 3, Frames.Syn | Frames.Ack, 50, 11, options: [3, 3, 2, 0]),
                Frames.Tcp(a, 3, b, 4, Frames.Ack, 11, 51, options: [5, 10, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0]),
                Frames.Tcp(b, 4, a, 3, Frames.Fin | Frames.Ack, 51, 11),
                Frames.Tcp(a, 3, b, 4, Frames.Rst, 11, 0),
                Frames.Icmp(a, b, echo, 0, 5),
                Frames.IcmpError(b, a, unreachable, 0, udp),
                Frames.IcmpError(b, a, unreachable, 0, tcp),
                Frames.Ip(a, b, 47, new byte[12]),
                Frames.Ip(a, b, 132, new byte[12]),
            ]);
        }

        corpus.Add(Frames.Ip("fe80::1", "fc00::1", 58,
            [137, 0, 0, 0, 0, 0, 0, 0, .. new byte[32], 4, 8, 0, 0, 0, 0, 0, 0, .. Frames.Udp("fc00::1", 1, "fc00::2", 2)[14..]], 2));
        return corpus;
    }

    internal static List<byte[]> ActionCorpus() =>
    [
        CtSession.Attributes(7),
        CtSession.Attributes(7, commit: true, force: true, (1, 2), (3, 4)),
        CtSession.Attributes(7, commit: true, nat: new Nat(true, "10.0.0.1", "10.0.0.2", 1, 2, Random: true, Persistent: true)),
        CtSession.Attributes(7, commit: true, nat: new Nat(false, "fc00::1", "fc00::2", 1, 2)),
    ];
}
