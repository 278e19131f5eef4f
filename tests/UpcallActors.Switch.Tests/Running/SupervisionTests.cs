using Akka.Actor;
using Microsoft.Extensions.Logging;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch.Tests.Running;

/// <summary>What becomes of a switch and its callers when something fails.</summary>
public sealed class SupervisionTests : IDisposable
{
    private static readonly SwitchConfiguration Wanted =
        Configurations.Switch(Configurations.Bridge("br0", Configurations.Internal("p0", 1), Configurations.Device("p1", 2)));

    private const string Failed = "Error: Looking after the switch's ports failed; it goes on";

    private readonly SwitchUnderTest _switch = new();
    private readonly FailingPorts _ports;

    public SupervisionTests() => _ports = new FailingPorts(_switch.Ports);

    public void Dispose()
    {
        _ports.Dispose();
        _switch.Dispose();
    }

    [Fact]
    public async Task A_request_whose_handling_makes_the_actor_fail_is_answered_all_the_same()
    {
        await using RunningSwitch running = await StartAsync();
        _ports.FailNext(1);
        (await running.RetryAsync()).ShouldBe(["port p1 of br0 still waits: there is no such device"]);
        _ports.FailNext(1);
        await running.ApplyAsync(Wanted with { Bridges = [Wanted.Bridges[0] with { FailMode = FailMode.Standalone }] });
        running.Translators.Bridges[0].FailMode.ShouldBe(FailMode.Standalone);
        _switch.Log.All.Count(line => line == Failed).ShouldBe(2);
        // What it has failed over is not lost on those who follow it.
        _switch.Ports.SetDevice("p1", 1500);
        await Eventually.HoldsAsync(() => running.State.Waiting.IsEmpty);
    }

    [Fact]
    public async Task A_request_that_fails_twice_has_its_failure_and_the_switch_goes_on()
    {
        await using RunningSwitch running = await StartAsync();
        // The third time it is the look after the restart.
        _ports.FailNext(3);
        (await Should.ThrowAsync<InvalidOperationException>(running.RetryAsync())).Message.ShouldBe("told to");
        (await running.RetryAsync()).ShouldHaveSingleItem();
        _switch.Log.All.Count(line => line == Failed).ShouldBe(3);
        running.Completion.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_switch_that_goes_on_failing_ends_with_the_failure_and_so_do_its_callers()
    {
        await using RunningSwitch running = await StartAsync();
        _ports.FailNext(int.MaxValue);
        _switch.Ports.Touch();
        (await Should.ThrowAsync<InvalidOperationException>(running.Completion)).Message.ShouldBe("told to");
        (await Should.ThrowAsync<InvalidOperationException>(running.ApplyAsync(Wanted))).Message.ShouldBe("told to");
        (await running.RetryAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(nameof(FailingPorts.FailsToWatch))]
    [InlineData(nameof(FailingPorts.FailsToRemove))]
    [InlineData(nameof(FlowTables))]
    public async Task A_request_that_fails_on_its_way_is_done_whole_and_answered_with_all_that_it_has_changed(string failing)
    {
        BridgeConfiguration br0 = Wanted.Bridges[0];
        BridgeConfiguration br1 = Configurations.Bridge("br1", Configurations.Internal("q0", 1), Configurations.Internal("q1", 2));
        await using RunningSwitch running = await StartAsync();
        await running.ApplyAsync(Configurations.Switch(br0, br1));
        FlowTables[] tables = [.. running.Translators.Bridges.Select(bridge => bridge.Tables)];
        bool isFailing = failing == nameof(FlowTables);
        tables[0].Changed += (_, _) =>
        {
            bool fails = isFailing;
            isFailing = false;
            if (fails)
                throw new InvalidOperationException("told to");
        };
        _ports.FailsToWatch = failing == nameof(FailingPorts.FailsToWatch);
        _ports.FailsToRemove = failing == nameof(FailingPorts.FailsToRemove);

        FlowList flows = Configurations.Flows("ip,actions=drop\n");
        AppliedConfiguration applied = await running.ApplyAsync(Configurations.Switch(
            br0 with { Flows = flows, Ports = [] }, br1 with { Flows = flows, Ports = [] }, Configurations.Bridge("br2")));

        _switch.Log.All.Count(line => line == Failed).ShouldBe(1);
        tables.Select(each => each.RuleCount).ShouldBe([1, 1]);
        _switch.Ports.List().Select(port => port.Name).ShouldBe(["br0", "br1", "br2"], ignoreOrder: true);
        _switch.Ports.Watched.ShouldBe(["br0", "br1", "br2"], ignoreOrder: true);
        applied.Difference.AddedBridges.ShouldHaveSingleItem().Name.ShouldBe("br2");
        applied.Difference.ChangedBridges.Select(bridge => (bridge.Bridge.Name, bridge.Flows.Count, bridge.Interfaces.Removed.Count))
            .ShouldBe([("br0", 1, 2), ("br1", 1, 2)]);
        (await running.UpdateAsync(wanted => wanted)).Difference.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Of_two_requests_the_later_one_holds_though_the_earlier_one_fails_once()
    {
        await using RunningSwitch running = await StartAsync();
        using var gate = new ManualResetEventSlim();
        _ports.FailNext(1);
        _ports.Gate = gate;
        Task earlier = running.ApplyAsync(Configurations.Switch(Wanted.Bridges[0] with { FailMode = FailMode.Standalone }));
        await Eventually.HoldsAsync(() => _ports.IsHanging);
        Task later = running.ApplyAsync(Wanted);
        _ports.Gate = null;
        gate.Set();
        await Task.WhenAll(earlier, later);
        running.Translators.Bridges[0].FailMode.ShouldBe(FailMode.Secure);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Flows_that_do_not_go_together_are_refused_and_nothing_changes(bool withOther)
    {
        // Each is right alone; a file of flows would be refused where it is read.
        string[] lines = ["check_overlap,priority=5,ip,actions=drop", "check_overlap,priority=5,in_port=1,actions=drop"];
        await NothingChangesByAsync(withOther, [.. lines.Select(line => FlowSyntax.ParseFlow(line))]);
    }

    [Fact]
    public Task A_flow_that_no_switch_takes_is_refused_and_nothing_changes() => NothingChangesByAsync(
        withOther: false, FlowSyntax.ParseFlow("arp,actions=drop"), FlowSyntax.ParseFlow("ip,actions=drop") with { Table = 254 });

    [Fact]
    public async Task Whoever_asks_a_switch_that_has_ended_is_told_so()
    {
        RunningSwitch running = await StartAsync();
        await running.DisposeAsync();
        (await Should.ThrowAsync<InvalidOperationException>(running.ApplyAsync(Wanted))).Message.ShouldBe("the switch has ended");
        (await running.RetryAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_switches_in_one_system_do_not_collide_and_a_third_may_follow_the_first()
    {
        using var other = new SwitchUnderTest();
        RunningSwitch first = await StartAsync();
        await using RunningSwitch second = await other.StartAsync(Wanted);
        await first.DisposeAsync();
        await using RunningSwitch third = await StartAsync();
        other.Ports.SetDevice("p1", 1500);
        _switch.Ports.SetDevice("p1", 1500);
        await Eventually.HoldsAsync(() => second.State.Waiting.IsEmpty && third.State.Waiting.IsEmpty);
    }

    [Fact]
    public async Task A_call_that_hangs_holds_up_neither_readers_nor_the_system()
    {
        await using RunningSwitch running = await StartAsync();
        using var gate = new ManualResetEventSlim();
        _ports.Gate = gate;
        Task<IReadOnlyList<string>> retry = running.RetryAsync();
        await Eventually.HoldsAsync(() => _ports.IsHanging);
        running.State.Bridges.ShouldHaveSingleItem();
        using var other = new SwitchUnderTest();
        await using RunningSwitch beside = await other.StartAsync(Wanted);
        beside.State.Bridges.ShouldHaveSingleItem();
        retry.IsCompleted.ShouldBeFalse();
        gate.Set();
        (await retry).ShouldHaveSingleItem();
        _ports.Gate = null;
    }

    [Fact]
    public async Task A_system_that_is_shut_down_ends_its_switches_well()
    {
        var system = ActorSystem.Create("ends", "akka.loglevel = OFF");
        RunningSwitch running = await RunningSwitch.StartAsync(system, _switch.Datapath, _ports, Wanted);
        await system.Terminate();
        await running.Completion;
    }

    [Fact]
    public async Task A_switch_whose_thread_cannot_be_made_is_refused_at_once_and_may_start_later()
    {
        var system = ActorSystem.Create("taken", "akka.loglevel = OFF");
        // Somebody else has the loop: as far as the switch is concerned, the same as no descriptor for it.
        var taken = LoopDispatcher.Register(system, "upcall-actors.reconciler.switch-dp0.0");
        string? refused = null;
        try
        {
            await using RunningSwitch none = await RunningSwitch.StartAsync(system, _switch.Datapath, _ports, Wanted);
        }
        catch (InvalidOperationException failure)
        {
            refused = failure.Message;
        }

        refused.ShouldNotBeNull().ShouldContain("upcall-actors.reconciler.switch-dp0.0");
        taken.Release();
        await using RunningSwitch running = await RunningSwitch.StartAsync(system, _switch.Datapath, _ports, Wanted);
        running.State.Bridges.ShouldHaveSingleItem();
        await running.DisposeAsync();
        await system.Terminate();
    }

    [Fact]
    public async Task A_switch_whose_supervisor_fails_ends_with_that_failure()
    {
        RunningSwitch running = await RunningSwitch.StartAsync(
            SwitchUnderTest.Actors, _switch.Datapath, _ports, Wanted, new SwitchOptions { Logger = new FullDisk() });
        _ports.FailNext(1);
        _switch.Ports.Touch();
        await Eventually.HoldsAsync(() => running.Completion.IsCompleted);
        (await Should.ThrowAsync<IOException>(running.Completion)).Message.ShouldBe("the disk is full");
        // Its loop is free again.
        await using RunningSwitch next = await StartAsync();
        next.State.Bridges.ShouldHaveSingleItem();
    }

    private async Task NothingChangesByAsync(bool withOther, params FlowChange[] flows)
    {
        await using RunningSwitch running = await StartAsync();
        Bridge before = running.Translators.Bridges.ShouldHaveSingleItem();
        SwitchState state = running.State;
        BridgeConfiguration wrong = Configurations.Bridge("br0", Configurations.Internal("p5", 1)) with
        {
            Flows = new FlowList([.. flows]),
            FailMode = FailMode.Standalone,
        };
        BridgeConfiguration[] wanted = withOther ? [wrong with { Name = "br1", Ports = [] }, wrong] : [wrong];
        await Should.ThrowAsync<FlowRefusedException>(running.ApplyAsync(Configurations.Switch(wanted)));
        running.Translators.Bridges.ShouldHaveSingleItem().ShouldBeSameAs(before);
        before.Tables.RuleCount.ShouldBe(0);
        running.State.ShouldBeSameAs(state);
        _switch.Ports.List().Select(port => port.Name).ShouldBe(["br0", "p0"], ignoreOrder: true);
        _switch.Log.All.ShouldNotContain(Failed);
        await running.ApplyAsync(Configurations.Switch(Wanted.Bridges[0] with { FailMode = FailMode.Standalone }));
        running.Translators.Bridges.ShouldHaveSingleItem().FailMode.ShouldBe(FailMode.Standalone);
    }

    private Task<RunningSwitch> StartAsync() => RunningSwitch.StartAsync(
        SwitchUnderTest.Actors, _switch.Datapath, _ports, Wanted, _switch.Options);

    /// <summary>A log that takes no errors.</summary>
    private sealed class FullDisk : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Error)
                throw new IOException("the disk is full");
        }
    }
}
