using UpcallActors.Embedded.Tests.Fragments;
using UpcallActors.Packets;

namespace UpcallActors.Embedded.Tests.Conntrack;

/// <summary>The table's bound, expiry and cost.</summary>
public class ConnectionTableTests
{
    private const int Limit = 64;
    private readonly CtSession _ct = new() { Tracker = new ConnectionTracker(Limit) };

    [Fact]
    public void A_full_table_gives_up_connections_that_nobody_answered()
    {
        for (int i = 0; i < 10 * Limit; i++)
        {
            _ct.Commit(Request(i)).Verdict.ShouldBe(ConntrackVerdict.Accept);
            _ct.Tracker.Count.ShouldBeLessThanOrEqualTo(Limit);
        }

        _ct.Tracker.EarlyDropped.ShouldBe(9UL * Limit);
    }

    [Fact]
    public void A_table_full_of_assured_connections_drops_what_is_new_and_counts_it()
    {
        for (int i = 0; i < Limit; i++)
        {
            _ct.Commit(Request(i));
            _ct.Send(Answer(i));
            _ct.Now += 2_001;
            _ct.Send(Request(i));
            _ct.Now -= 2_001;
        }

        _ct.Commit(Request(Limit)).Verdict.ShouldBe(ConntrackVerdict.Drop);
        _ct.Tracker.TableFull.ShouldBe(1UL);
        _ct.Send(Answer(3)).State.ShouldBe(CtState.Tracked | CtState.Established | CtState.Reply);

        _ct.Now += 200_000;
        _ct.Commit(Request(Limit)).Verdict.ShouldBe(ConntrackVerdict.Accept);
    }

    [Fact]
    public void Expired_connections_go_without_being_asked_for()
    {
        for (int i = 0; i < Limit; i++)
            _ct.Commit(Request(i));
        _ct.Now += 30_000;
        _ct.Connections().ShouldBeEmpty();
        for (int i = 0; i < Limit; i++)
            _ct.Send(Frames.Icmp("10.1.1.9", "10.1.1.8", 0, 0, 1));
        _ct.Tracker.Count.ShouldBe(0);
        _ct.Tracker.Expired.ShouldBe((ulong)Limit);
    }

    [Fact]
    public void Whoever_lets_connections_expire_may_stop_after_any_number_of_places()
    {
        for (int i = 0; i < Limit; i++)
            _ct.Commit(Request(i));
        _ct.Now += 30_000;
        int cursor = 0;
        for (int slice = 1; slice <= 4; slice++)
        {
            _ct.Tracker.Expire(ref cursor, Limit / 4, _ct.Now).ShouldBe(slice < 4);
            _ct.Tracker.Expired.ShouldBe((ulong)(slice * Limit / 4));
        }

        _ct.Tracker.Count.ShouldBe(0);
    }

    [Fact]
    public void A_connection_to_itself_is_tracked()
    {
        byte[] frame = Frames.Udp("10.1.1.1", 5, "10.1.1.1", 5);
        _ct.Commit(frame).State.ShouldBe(CtState.Tracked | CtState.New);
        _ct.Send(frame).Verdict.ShouldBe(ConntrackVerdict.Accept);
        _ct.Tracker.Flush().ShouldBe(1);
        _ct.Commit(frame).Verdict.ShouldBe(ConntrackVerdict.Accept);
    }

    [Fact]
    public void Connections_of_one_sender_go_in_any_order_and_those_left_still_lend_their_mapping()
    {
        var nat = new Nat(true, "192.0.2.7");
        string[] order = ["first", "middle", "last"];
        for (int gone = 0; gone < order.Length; gone++)
        {
            CtSession ct = new();
            for (int server = 0; server < order.Length; server++)
            {
                ct.Now += 1;
                ct.Commit(Frames.Udp("10.1.1.1", 1000, $"10.9.0.{server + 1}", 53), nat: nat);
            }

            // All but one live on.
            ct.Now += 29_000;
            for (int server = 0; server < order.Length; server++)
            {
                if (server != gone)
                    ct.Commit(Frames.Udp("10.1.1.1", 1000, $"10.9.0.{server + 1}", 53));
            }

            ct.Now += 3_000;
            MappingOf(ct, "10.9.0.77", nat).ShouldBe("192.0.2.7:1000", order[gone]);
            ct.Tracker.Flush();
            ct.Tracker.Count.ShouldBe(0);
        }
    }

    private static string MappingOf(CtSession ct, string server, Nat nat)
    {
        byte[] frame = ct.Commit(Frames.Udp("10.1.1.1", 1000, server, 53), nat: nat).Frame;
        return $"{Frames.SourceOf(frame)}:{Frames.SourcePortOf(frame)}";
    }

    [Fact]
    public void Tracking_allocates_nothing_once_the_table_has_grown()
    {
        byte[] attributes = CtSession.Attributes(zone: 1, commit: true, nat: new Nat(true, "10.8.0.1", "10.8.0.9"));
        ConntrackParameters.TryParse(attributes, 0x0800, out ConntrackParameters parameters).ShouldBe(ConntrackParseError.None);
        byte[][] originals = [.. Enumerable.Range(0, 200).Select(Request)];
        byte[][] frames = [.. originals.Select(frame => (byte[])[.. frame])];
        SteadyState.LeastAllocated(20, () => Round(parameters, originals, frames)).ShouldBe(0);
        _ct.Tracker.EarlyDropped.ShouldBeGreaterThan(1000UL);
    }

    private void Round(in ConntrackParameters parameters, byte[][] originals, byte[][] frames)
    {
        for (int i = 0; i < frames.Length; i++)
        {
            originals[i].CopyTo(frames[i], 0);
            var key = default(FlowKey);
            _ = _ct.Tracker.Execute(frames[i], Frames.NetworkOffset, in parameters, _ct.Now, ref key);
        }
    }

    private static byte[] Request(int i) => Frames.Udp("10.1.1.1", (ushort)(1000 + i), "10.1.1.2", 53);

    private static byte[] Answer(int i) => Frames.Udp("10.1.1.2", 53, "10.1.1.1", (ushort)(1000 + i));
}
