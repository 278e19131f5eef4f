using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>Threads that look things up while another one changes the tables: each sees its version, whole and alone.</summary>
public class ConcurrentReadingTests
{
    private const int Versions = 30_000;
    private const int Readers = 3;

    private static readonly ActionList _drop = FlowSyntax.ParseFlow("actions=drop").Actions!;

    // Few matches under masks that share stages, prefixes and ports, so that each change moves what lookups stand on.
    private static readonly Match[] _matches =
    [
        .. Range(6, i => $"ip,nw_dst=10.0.{i}.0/24"),
        .. Range(6, i => $"ip,nw_dst=10.0.{i}.7"),
        .. Range(4, i => $"ip,nw_dst=10.{i * 64}.0.0/10"),
        .. Range(6, i => $"udp,nw_dst=10.0.{i}.0/24,tp_dst={i}"),
        .. Range(6, i => $"udp,tp_src={i * 256},tp_dst=5"),
        .. Range(4, i => $"in_port={i}"),
        .. Range(4, i => $"in_port={i},ip,nw_src=10.0.{i}.1"),
        Match.Any,
    ];

    [Fact]
    public async Task A_reader_finds_exactly_the_rules_of_its_version()
    {
        // Rule i of version v has cookie v * Rules + i + 1; 0 is none. All that a version has is worked out before.
        RuleKey[] keys = [.. _matches.SelectMany((match, i) => (RuleKey[])[new(match, (ushort)(i % 5)), new(match, (ushort)(i % 5 + 3))])];
        (FlowChange[][] batches, ulong[][] cookies) = MakeHistory(keys, new Random(4));
        var tables = new FlowTables();
        using var stop = new CancellationTokenSource();
        Task<long>[] readers = [.. Enumerable.Range(1, Readers).Select(seed =>
            Task.Factory.StartNew(() => Read(tables, keys, cookies, seed, stop.Token), CancellationToken.None,
                TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        foreach (FlowChange[] batch in batches)
        {
            tables.Apply(batch);
            if (readers.Any(reader => reader.IsFaulted))
                break;
        }

        await stop.CancelAsync();
        long[] reads = await Task.WhenAll(readers);
        reads.ShouldAllBe(count => count > 0);
        tables.Version.ShouldBe((ulong)Versions);
        // Nobody reads any more: all that is gone goes.
        tables.Apply(FlowSyntax.ParseFlow("delete"));
        Flow wildcards = default;
        tables.Lookup(0, Packet(new Random(1)), ref wildcards).ShouldBeNull();
        wildcards.ShouldBe(default);
    }

    private static long Read(FlowTables tables, RuleKey[] keys, ulong[][] cookies, int seed, CancellationToken stop)
    {
        var random = new Random(seed);
        long reads = 0;
        // At the end all have read the last version once.
        for (bool isLast = false; !isLast; reads++)
        {
            isLast = stop.IsCancellationRequested;
            using TablesSnapshot snapshot = tables.Read();
            ulong[] expected = cookies[snapshot.Version];
            for (int i = 0; i < 4; i++)
            {
                Flow flow = Packet(random);
                Flow wildcards = default;
                Rule? found = snapshot.Lookup(0, flow, ref wildcards);
                IsBest(keys, expected, flow, found).ShouldBeTrue($"version {snapshot.Version}: {found} for {flow}");
                Flow other = RuleModel.Blend(Packet(random), flow, wildcards);
                IsBest(keys, expected, other, found).ShouldBeTrue($"version {snapshot.Version}: the wildcards are too wide for {other}");
            }
        }

        return reads;
    }

    private static bool IsBest(RuleKey[] keys, ulong[] cookies, Flow flow, Rule? found)
    {
        int best = -1;
        bool isThere = false;
        for (int i = 0; i < keys.Length; i++)
        {
            if (cookies[i] == 0 || !keys[i].Match.Matches(flow))
                continue;
            best = Math.Max(best, keys[i].Priority);
            isThere |= cookies[i] == found?.Cookie;
        }

        return found is null ? best == -1 : isThere && found.Priority == best;
    }

    private static (FlowChange[][] Batches, ulong[][] Cookies) MakeHistory(RuleKey[] keys, Random random)
    {
        ulong[][] cookies = new ulong[Versions + 1][];
        cookies[0] = new ulong[keys.Length];
        FlowChange[][] batches = new FlowChange[Versions][];
        for (int version = 1; version <= Versions; version++)
        {
            ulong[] now = [.. cookies[version - 1]];
            // Phases of much and of little, so that tables grow and shrink.
            bool isGrowing = version / 200 % 2 == 0;
            var batch = new List<FlowChange>();
            // A batch without effect makes no version.
            bool hasEffect = false;
            for (int left = random.Next(1, 6); left > 0 || !hasEffect; left--)
            {
                int i = random.Next(keys.Length);
                bool isAdded = random.Next(10) < (isGrowing ? 8 : 2);
                hasEffect |= isAdded || now[i] != 0;
                now[i] = isAdded ? ((ulong)version * (ulong)keys.Length) + (ulong)i + 1 : 0;
                batch.Add(new FlowChange
                {
                    Command = isAdded ? FlowCommand.Add : FlowCommand.DeleteStrict,
                    Match = keys[i].Match,
                    Priority = keys[i].Priority,
                    Cookie = now[i],
                    Actions = isAdded ? _drop : null,
                });
            }

            batches[version - 1] = [.. batch];
            cookies[version] = now;
        }

        return (batches, cookies);
    }

    private static Flow Packet(Random random)
    {
        Flow flow = default;
        flow.InPort = (uint)random.Next(5);
        flow.Key.EthType = EtherTypes.Ipv4;
        flow.Key.NwProto = random.Next(2) == 0 ? IpProtocols.Udp : IpProtocols.Tcp;
        flow.Key.Ipv4Dst = 0x0a000000 | ((uint)random.Next(4) << 22) | ((uint)random.Next(7) << 8) | (random.Next(2) == 0 ? 7u : 1u);
        flow.Key.Ipv4Src = 0x0a000001 | ((uint)random.Next(5) << 8);
        flow.Key.TpSrc = (ushort)(random.Next(7) * 256);
        flow.Key.TpDst = (ushort)random.Next(7);
        return flow;
    }

    private static IEnumerable<Match> Range(int count, Func<int, string> match) =>
        Enumerable.Range(0, count).Select(i => FlowSyntax.ParseMatch(match(i)));

    private readonly record struct RuleKey(Match Match, ushort Priority);
}
