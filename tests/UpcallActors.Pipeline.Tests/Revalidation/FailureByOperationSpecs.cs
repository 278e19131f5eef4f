using Akka.TestKit.Xunit2;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Pipeline.Tests;

/// <summary>
/// Whatever fails while something is asked for of the revalidators: it is done when they say so, or they say that it was not, and all
/// that flows have carried is credited once.
/// </summary>
public sealed class FailureByOperationSpecs() : TestKit("akka.loglevel = OFF\nakka.stdout-loglevel = OFF")
{
    private const int Flows = 400;
    private const ushort Poisoned = 25;

    private static readonly string _flows = FlowsTo(port: 2);

    private PoisonedTranslators _translators = null!;
    private readonly List<TamperedDatapath> _seen = [];

    /// <summary>What goes wrong, once.</summary>
    public enum Failure
    {
        /// <summary>Nothing.</summary>
        None,

        /// <summary>A revalidator's translator throws over a flow.</summary>
        Translator,

        /// <summary>The leader fails while it reads the dump.</summary>
        Leader,

        /// <summary>The datapath refuses to dump.</summary>
        DumpRefused,

        /// <summary>The datapath refuses what it is asked first after the dump.</summary>
        RequestRefused,
    }

    [Theory]
    [CombinatorialFailures]
    public async Task A_purge_that_is_done_has_left_no_flow(Failure failure, int revalidators)
    {
        await using RevalidatedSwitch bridge = await StartAsync(revalidators);
        await SendAsync(bridge);
        Arm(failure);

        // What is refused is, unless a round that had begun before had met it.
        if (!await TryAsync(bridge, bridge.Revalidation.PurgeAsync()))
        {
            failure.ShouldBeOneOf(Failure.DumpRefused, Failure.RequestRefused);
            (await TryAsync(bridge, bridge.Revalidation.PurgeAsync())).ShouldBeTrue();
        }

        bridge.Datapath.FlowCount.ShouldBe(0);
        bridge.Revalidation.Snapshot().Keys.Sum().ShouldBe(0);
        CreditedShouldBe(bridge, packets: 3, failure);
    }

    [Theory]
    [CombinatorialFailures]
    public async Task A_wait_that_is_done_has_seen_all_flows_as_the_tables_want_them(Failure failure, int revalidators)
    {
        await using RevalidatedSwitch bridge = await StartAsync(revalidators);
        await SendAsync(bridge);
        Arm(failure);
        bridge.Tables.Apply([.. FlowSyntax.ParseFile(FlowsTo(port: 3)).Changes.Select(change =>
            change with { Command = FlowCommand.ModifyStrict })]);

        if (!await TryAsync(bridge, bridge.Revalidation.WaitAsync()))
            (await TryAsync(bridge, bridge.Revalidation.WaitAsync())).ShouldBeTrue();

        bridge.Flows().ShouldAllBe(flow => flow.EndsWith("actions:103"));
        await bridge.RoundAsync();
        bridge.Datapath.FlowCount.ShouldBe(failure == Failure.Translator ? Flows - 1 : Flows);
        CreditedShouldBe(bridge, packets: 3, failure);
    }

    [Theory]
    [CombinatorialFailures]
    public async Task A_reload_that_is_waited_for_has_reached_all_flows(Failure failure, int revalidators)
    {
        await using RevalidatedSwitch bridge = await StartAsync(revalidators);
        await SendAsync(bridge);
        Arm(failure);
        bridge.Factory.Replace([new Bridge("br0", FailMode.Secure, bridge.Tables, [new(1, 101, "p1"), new(2, 103, "p3")])]);

        if (!await TryAsync(bridge, bridge.Revalidation.WaitAsync()))
            (await TryAsync(bridge, bridge.Revalidation.WaitAsync())).ShouldBeTrue();

        bridge.Flows().ShouldAllBe(flow => flow.EndsWith("actions:103"));
        await bridge.RoundAsync();
        CreditedShouldBe(bridge, packets: 3, failure);
    }

    [Theory]
    [CombinatorialFailures]
    public async Task A_pause_that_is_done_lets_no_round_begin_until_it_is_ended(Failure failure, int revalidators)
    {
        await using RevalidatedSwitch bridge = await StartAsync(revalidators);
        await SendAsync(bridge);
        Arm(failure);
        Task wait = TryAsync(bridge, bridge.Revalidation.WaitAsync());
        await bridge.DoneAsync(bridge.Revalidation.PauseAsync());
        long rounds = bridge.Revalidation.Snapshot().Rounds;
        bridge.Tables.Apply(FlowSyntax.ParseFlow("in_port=99,actions=drop"));
        await bridge.DoneAsync(bridge.Revalidation.PauseAsync());
        bridge.Revalidation.Snapshot().Rounds.ShouldBe(rounds);

        await bridge.DoneAsync(bridge.Revalidation.ResumeAsync());
        await wait;
        await TryAsync(bridge, bridge.Revalidation.WaitAsync());
        await bridge.RoundAsync();
        CreditedShouldBe(bridge, packets: 3, failure);
    }

    [Theory]
    [CombinatorialFailures]
    public async Task Flows_that_are_taken_over_are_credited_once(Failure failure, int revalidators)
    {
        RevalidatedSwitch first = await StartAsync(revalidators);
        await SendAsync(first);
        await first.DisposeAsync();

        await using RevalidatedSwitch second = await StartAsync(revalidators, first.Datapath, failure);
        await TryAsync(second, second.Revalidation.WaitAsync());
        await second.RoundAsync();
        second.Datapath.FlowCount.ShouldBe(failure == Failure.Translator ? Flows - 1 : Flows);
        CreditedShouldBe(second, packets: 2, failure);
        await SendOneAsync(second);
        await second.RoundAsync();
        CreditedShouldBe(second, packets: 3, failure);
    }

    private static string FlowsTo(int port) => string.Join('\n', Enumerable.Range(1, Flows).Select(i => $"udp,tp_dst={i},actions={port}"));

    private async Task<RevalidatedSwitch> StartAsync(int revalidators, Embedded.EmbeddedDatapath? datapath = null,
        Failure failure = Failure.None) =>
        await RevalidatedSwitch.StartAsync(
            Sys, _flows, datapath, new RevalidatorSettings { Revalidators = revalidators, FlowLimit = 10_000 },
            seen: inner =>
            {
                _seen.Add(new TamperedDatapath(inner));
                Arm(failure);
                return _seen[^1];
            },
            translators: inner =>
            {
                _translators = new PoisonedTranslators(inner);
                Arm(failure);
                return _translators;
            });

    /// <summary>
    /// Three packets of each flow: one that comes up, one that the flow carries and is credited, and one that is not yet.
    /// </summary>
    private static async Task SendAsync(RevalidatedSwitch bridge)
    {
        await SendOneAsync(bridge);
        await SendOneAsync(bridge);
        await bridge.RoundAsync();
        await SendOneAsync(bridge);
        bridge.Datapath.FlowCount.ShouldBe(Flows);
    }

    private static async Task SendOneAsync(RevalidatedSwitch bridge)
    {
        for (ushort port = 1; port <= Flows; port++)
            bridge.Datapath.Receive(101, RevalidatedSwitch.Udp(1, 2, port));
        await bridge.IdleAsync();
    }

    private void Arm(Failure failure)
    {
        int sends = 0;
        int parts = 0;
        if (_translators is not null && failure == Failure.Translator)
            (_translators.Times, _translators.Poison) = (1, Poisoned);
        TamperedDatapath seen = _seen[^1];
        if (failure is Failure.DumpRefused or Failure.RequestRefused)
            seen.Refusing = () => Interlocked.Increment(ref sends) == (failure == Failure.DumpRefused ? 1 : 2) ? Errno.Busy : Errno.None;
        if (failure == Failure.Leader)
            seen.Receiving = () => _ = Interlocked.Increment(ref parts) == 1 ? throw new InvalidOperationException("told to") : 0;
    }

    private static async Task<bool> TryAsync(RevalidatedSwitch bridge, Task asked)
    {
        try
        {
            await bridge.DoneAsync(asked);
            return true;
        }
        catch (DatapathException)
        {
            return false;
        }
    }

    /// <summary>The flow over which a translator has failed is given up with what it had carried and nobody had credited.</summary>
    private static void CreditedShouldBe(RevalidatedSwitch bridge, ulong packets, Failure failure)
    {
        Rule[] rules = [.. bridge.Tables.GetRules().Where(rule => rule.ToString().Contains("tp_dst=", StringComparison.Ordinal))];
        rules.Length.ShouldBe(Flows);
        bridge.IsAccounted = failure != Failure.Translator;
        bool isPoisoned(Rule rule) => failure == Failure.Translator
            && rule.ToString().Contains($"tp_dst={Poisoned} ", StringComparison.Ordinal);
        rules.Where(rule => !isPoisoned(rule)).ShouldAllBe(rule => rule.Counters.Packets == packets);
        rules.Where(isPoisoned).ShouldAllBe(rule => rule.Counters.Packets < packets);
    }

    /// <summary>Each failure, with one revalidator and with several.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class CombinatorialFailuresAttribute : Xunit.Sdk.DataAttribute
    {
        public override IEnumerable<object[]> GetData(System.Reflection.MethodInfo testMethod) =>
            from failure in Enum.GetValues<Failure>()
            from revalidators in (int[])[1, 3]
            select new object[] { failure, revalidators };
    }
}
