namespace UpcallActors.Switch.Tests.Running;

/// <summary>The states of a switch, one after the other.</summary>
public sealed class StateStreamTests : IDisposable
{
    private static readonly SwitchConfiguration Wanted =
        Configurations.Switch(Configurations.Bridge("br0", Configurations.Device("p0", 1)));

    private readonly SwitchUnderTest _switch = new();

    public void Dispose() => _switch.Dispose();

    [Fact]
    public async Task A_reader_that_keeps_up_has_each_state_in_order()
    {
        await using RunningSwitch running = await _switch.StartAsync(Wanted);
        await using IAsyncEnumerator<StateUpdate> states = running.ReadStatesAsync().GetAsyncEnumerator();
        (await NextAsync(states)).ShouldBe(new StateUpdate(running.State, 0));
        foreach (int mtu in (int[])[1400, 1500, 9000])
        {
            ValueTask<bool> next = states.MoveNextAsync();
            next.IsCompleted.ShouldBeFalse();
            _switch.Ports.SetDevice("p0", mtu);
            (await next).ShouldBeTrue();
            states.Current.Skipped.ShouldBe(0);
            states.Current.State.Bridges[0].Ports[1].Interfaces[0].Mtu.ShouldBe(mtu);
        }
    }

    [Fact]
    public async Task A_slow_reader_has_the_latest_state_and_the_number_of_those_it_has_missed()
    {
        await using RunningSwitch running = await _switch.StartAsync(Wanted);
        await using IAsyncEnumerator<StateUpdate> slow = running.ReadStatesAsync().GetAsyncEnumerator();
        await NextAsync(slow);
        // Nobody reads, and the switch goes on.
        foreach (int mtu in (int[])[1400, 1500, 9000])
        {
            _switch.Ports.SetDevice("p0", mtu);
            await Eventually.HoldsAsync(() => SwitchUnderTest.Mtu(running) == mtu);
        }

        await Eventually.HoldsAsync(() => running.State.Bridges[0].Ports[1].Interfaces[0].Mtu == 9000);
        (await NextAsync(slow)).ShouldBe(new StateUpdate(running.State, 2));
    }

    [Fact]
    public async Task A_reader_whose_work_fails_or_hangs_is_no_matter_of_the_switch_or_of_other_readers()
    {
        await using RunningSwitch running = await _switch.StartAsync(Wanted);
        using var gate = new ManualResetEventSlim();
        using var hangs = new ManualResetEventSlim();
        Task hanging = Task.Run(async () =>
        {
            await foreach (StateUpdate _ in running.ReadStatesAsync())
            {
                hangs.Set();
                gate.Wait();
                throw new FormatException("told to");
            }
        });
        hangs.Wait();
        await using IAsyncEnumerator<StateUpdate> other = running.ReadStatesAsync().GetAsyncEnumerator();
        await NextAsync(other);
        _switch.Ports.SetDevice("p0", 1400);
        (await NextAsync(other)).State.Waiting.ShouldBeEmpty();
        gate.Set();
        await Should.ThrowAsync<FormatException>(hanging);
        running.Completion.IsCompleted.ShouldBeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Readers_end_when_the_switch_ends_and_have_the_latest_state(bool fails)
    {
        RunningSwitch running = await _switch.StartAsync(Wanted);
        await using IAsyncEnumerator<StateUpdate> states = running.ReadStatesAsync().GetAsyncEnumerator();
        await NextAsync(states);
        _switch.Ports.SetDevice("p0", 1400);
        await Eventually.HoldsAsync(() => running.State.Waiting.IsEmpty);
        if (fails)
            _switch.Ports.Delete();
        else
            await running.DisposeAsync();
        await Task.WhenAny(running.Completion);
        running.Completion.IsFaulted.ShouldBe(fails);
        (await NextAsync(states)).State.ShouldBeSameAs(running.State);
        (await states.MoveNextAsync()).ShouldBeFalse();
        // So does one that comes late.
        List<StateUpdate> late = [];
        await foreach (StateUpdate state in running.ReadStatesAsync())
            late.Add(state);
        late.ShouldHaveSingleItem().State.ShouldBeSameAs(running.State);
        await running.DisposeAsync();
    }

    [Fact]
    public async Task A_reader_that_is_cancelled_ends_at_once()
    {
        await using RunningSwitch running = await _switch.StartAsync(Wanted);
        using var cancellation = new CancellationTokenSource();
        await using IAsyncEnumerator<StateUpdate> states = running.ReadStatesAsync(cancellation.Token).GetAsyncEnumerator();
        await NextAsync(states);
        ValueTask<bool> next = states.MoveNextAsync();
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(next.AsTask());
    }

    private static async Task<StateUpdate> NextAsync(IAsyncEnumerator<StateUpdate> states)
    {
        (await states.MoveNextAsync()).ShouldBeTrue();
        return states.Current;
    }
}
