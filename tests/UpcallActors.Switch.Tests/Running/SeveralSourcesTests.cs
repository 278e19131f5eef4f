using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests.Running;

/// <summary>Several callers and sources change one switch.</summary>
public sealed class SeveralSourcesTests : IDisposable
{
    private readonly SwitchUnderTest _switch = new();

    public void Dispose() => _switch.Dispose();

    [Fact]
    public async Task A_change_of_one_source_leaves_the_bridges_of_another_where_they_are()
    {
        await using RunningSwitch running = await StartAsync();
        await running.ApplyAsync(Configurations.Switch(Configurations.Bridge("br1")), "database");

        AppliedConfiguration applied = await running.UpdateAsync(
            wanted => wanted with { Bridges = [.. wanted.Bridges, Configurations.Bridge("br2")] });

        applied.Difference.AddedBridges.ShouldHaveSingleItem().Name.ShouldBe("br2");
        Owners(running).ShouldBe([("br0", "configuration"), ("br1", "database"), ("br2", "configuration")], ignoreOrder: true);
        running.State.Conflicts.ShouldBeEmpty();

        await running.ApplyAsync(SwitchConfiguration.Empty, "database");
        Owners(running).ShouldBe([("br0", "configuration"), ("br2", "configuration")]);
    }

    [Fact]
    public async Task A_source_that_has_said_nothing_yet_begins_with_nothing()
    {
        await using RunningSwitch running = await StartAsync();
        await running.UpdateAsync(
            wanted => wanted with { Bridges = [.. wanted.Bridges, Configurations.Bridge("br1")] }, "database");
        Owners(running).ShouldBe([("br0", "configuration"), ("br1", "database")]);
        running.State.Conflicts.ShouldBeEmpty();
    }

    [Fact]
    public async Task Changes_that_are_asked_for_at_once_are_all_made()
    {
        await using RunningSwitch running = await StartAsync();
        string[] names = [.. Enumerable.Range(1, 20).Select(number => $"br{number}")];
        await Task.WhenAll(names.Select(name => Task.Run(() => running.UpdateAsync(
            wanted => wanted with { Bridges = [.. wanted.Bridges, Configurations.Bridge(name)] }))));
        running.State.Bridges.Select(bridge => bridge.Name).ShouldBe(["br0", .. names], ignoreOrder: true);
    }

    [Fact]
    public async Task A_change_is_made_once_though_the_request_is_handled_twice()
    {
        using var ports = new FailingPorts(_switch.Ports);
        await using RunningSwitch running = await RunningSwitch.StartAsync(
            SwitchUnderTest.Actors, _switch.Datapath, ports, Configurations.Switch(Configurations.Bridge("br0")), _switch.Options);
        ports.FailNext(1);
        await running.UpdateAsync(wanted => wanted with
        {
            Bridges = [.. wanted.Bridges, Configurations.Bridge($"br{wanted.Bridges.Count}")],
        });
        _switch.Log.All.ShouldContain(line => line.Contains("failed; it goes on", StringComparison.Ordinal));
        running.State.Bridges.Select(bridge => bridge.Name).ShouldBe(["br0", "br1"]);
    }

    [Fact]
    public async Task A_change_that_fails_is_its_callers_and_the_switch_goes_on_as_it_was()
    {
        await using RunningSwitch running = await StartAsync();
        SwitchState before = running.State;
        int lines = _switch.Log.All.Count;
        for (int i = 0; i < 10; i++)
        {
            (await Should.ThrowAsync<FormatException>(running.UpdateAsync(_ => throw new FormatException("wrong")))).Message
                .ShouldBe("wrong");
        }

        await Should.ThrowAsync<InvalidOperationException>(running.UpdateAsync(_ => null!));
        await Should.ThrowAsync<FlowRefusedException>(running.UpdateAsync(wanted => wanted with
        {
            Bridges = [Configurations.Bridge("br0") with
            {
                Flows = Configurations.Flows("check_overlap,priority=1,ip,actions=drop\ncheck_overlap,priority=1,tcp,actions=drop\n"),
            }],
        }));
        running.State.ShouldBeSameAs(before);
        _switch.Log.All.Count.ShouldBe(lines);
        running.Completion.IsCompleted.ShouldBeFalse();
    }

    private Task<RunningSwitch> StartAsync() => _switch.StartAsync(Configurations.Switch(Configurations.Bridge("br0")));

    private static IEnumerable<(string Bridge, string Source)> Owners(RunningSwitch running) =>
        running.State.Bridges.Select(bridge => (bridge.Name, bridge.Source));
}
