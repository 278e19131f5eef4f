using FsCheck.Xunit;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Conntrack;

/// <summary>What holds whatever passes the tracker.</summary>
public class ConntrackProperties
{
    private const CtState New = CtState.Tracked | CtState.New;

    [Property(MaxTest = 100)]
    public void Every_answer_finds_its_sender_behind_a_shared_address(int seed, bool isTcp, bool randomPorts)
    {
        var random = new Random(seed);
        var ct = new CtSession();
        var nat = new Nat(true, "192.0.2.1", "192.0.2.2", 40_000, 40_099, Random: randomPorts);
        List<(byte[] Original, byte[] Sent)> exchanges = [];
        for (int i = 0; i < 80; i++)
        {
            string sender = $"10.0.0.{random.Next(1, 9)}";
            byte[] original = Packet(isTcp, sender, (ushort)random.Next(39_995, 40_010), $"10.1.0.{random.Next(1, 3)}", 80, Frames.Syn);
            Tracked sent = ct.Commit(original, nat: nat);
            sent.Verdict.ShouldBe(ConntrackVerdict.Accept);
            exchanges.Add((original, sent.Frame));
        }

        ct.Connections().Select(connection => connection.Reply).Distinct().Count().ShouldBe(ct.Tracker.Count);
        foreach ((byte[] original, byte[] sent) in exchanges)
        {
            byte[] answer = Packet(isTcp, Frames.DestinationOf(sent), 80, Frames.SourceOf(sent), Frames.SourcePortOf(sent),
                Frames.Syn | Frames.Ack);
            byte[] back = ct.Send(answer, nat: new Nat()).Frame;
            Frames.DestinationOf(back).ShouldBe(Frames.SourceOf(original));
            Frames.DestinationPortOf(back).ShouldBe(Frames.SourcePortOf(original));
        }
    }

    [Property(MaxTest = 100)]
    public void The_table_agrees_with_a_dictionary(int seed)
    {
        var random = new Random(seed);
        var ct = new CtSession { Tracker = new ConnectionTracker(10_000) };
        Dictionary<(ushort Port, ushort Zone), long> model = [];
        for (int i = 0; i < 400; i++)
        {
            ct.Now += random.Next(0, 400);
            var port = (ushort)random.Next(1, 60);
            var zone = (ushort)random.Next(0, 3);
            byte[] frame = Frames.Udp("10.0.0.1", port, "10.0.0.2", 53);
            switch (random.Next(12))
            {
                case 0:
                    ct.Tracker.Flush(zone);
                    foreach ((ushort Port, ushort Zone) key in model.Keys.Where(key => key.Zone == zone).ToList())
                        model.Remove(key);
                    break;
                case < 8:
                    ct.Commit(frame, zone).State.ShouldBe(New);
                    model[(port, zone)] = ct.Now + 30_000;
                    break;
                default:
                    bool isKnown = model.TryGetValue((port, zone), out long deadline) && deadline > ct.Now;
                    ct.Send(frame, zone).State.ShouldBe(New);
                    if (isKnown)
                        model[(port, zone)] = ct.Now + 30_000;
                    break;
            }
        }

        ct.Connections().Select(connection => (connection.Original.SourcePort, connection.Zone)).Order()
            .ShouldBe(model.Where(pair => pair.Value > ct.Now).Select(pair => pair.Key).Order());
    }

    [Property(MaxTest = 200)]
    public void No_sequence_of_segments_breaks_a_connection_table(int seed)
    {
        var random = new Random(seed);
        var ct = new CtSession { Tracker = new ConnectionTracker(8) };
        byte[] flags = [Frames.Syn, Frames.Syn | Frames.Ack, Frames.Ack, Frames.Fin | Frames.Ack, Frames.Rst, Frames.Rst | Frames.Ack,
            Frames.Ack | Frames.Push];
        for (int i = 0; i < 200; i++)
        {
            bool isAnswer = random.Next(2) == 0;
            byte[] segment = Frames.Tcp(
                isAnswer ? "10.0.0.2" : "10.0.0.1", isAnswer ? (ushort)80 : (ushort)1000, isAnswer ? "10.0.0.1" : "10.0.0.2",
                isAnswer ? (ushort)1000 : (ushort)80,
                flags[random.Next(flags.Length)], (uint)random.Next(0, 4), (uint)random.Next(0, 4), (ushort)random.Next(0, 3),
                random.Next(0, 2));
            ct.Now += random.Next(0, 20_000);
            CtState state = ct.Send(segment, commit: random.Next(2) == 0, force: random.Next(10) == 0).State;
            state.HasFlag(CtState.Tracked).ShouldBeTrue();
            (state & (CtState.New | CtState.Established | CtState.Invalid)).ShouldBeOneOf(CtState.New, CtState.Established,
                CtState.Invalid);
            ct.Tracker.Count.ShouldBeLessThanOrEqualTo(2);
        }
    }

    private static byte[] Packet(bool isTcp, string source, ushort sourcePort, string destination, ushort destinationPort,
        byte flags) => isTcp
        ? Frames.Tcp(source, sourcePort, destination, destinationPort, flags, 1, flags == Frames.Syn ? 0u : 2u)
        : Frames.Udp(source, sourcePort, destination, destinationPort);
}
