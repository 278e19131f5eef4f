using UpcallActors.Daemon.Hosting;
using UpcallActors.Unixctl.Tests;

namespace UpcallActors.Daemon.Tests.Hosting;

/// <summary>The order in which parts of a run start and stop, whatever fails.</summary>
public sealed class RunOrderTests
{
    private static readonly Task _never = new TaskCompletionSource().Task;

    private readonly List<string> _happened = [];
    private readonly LogLines _log = new();

    [Fact]
    public async Task Steps_start_in_their_order_and_stop_in_reverse_around_the_work()
    {
        await Order(Step("a"), Step("b"), Step("c")).RunAsync(_never, _log);
        _happened.ShouldBe(["+a", "+b", "+c", "work", "-c", "-b", "-a"]);
    }

    [Fact]
    public async Task A_step_that_stops_after_an_earlier_one_stops_right_after_it()
    {
        RunOrder order = Order(Step("a"), Step("b"), Step("c"), Step("late", after: "b"), Step("d"));
        order.Stops.ShouldBe(["d", "c", "b", "late", "a"]);
        await order.RunAsync(_never, _log);
        _happened.ShouldBe(["+a", "+b", "+c", "+late", "+d", "work", "-d", "-c", "-b", "-late", "-a"]);
    }

    [Fact]
    public void Steps_that_stop_after_one_another_stop_in_that_chain() =>
        Order(Step("a"), Step("b", after: "a"), Step("c", after: "a"), Step("d", after: "b")).Stops.ShouldBe(["a", "c", "b", "d"]);

    [Fact]
    public void A_step_cannot_stop_after_a_later_one_or_have_the_name_of_another()
    {
        Should.Throw<ArgumentException>(() => Order(Step("a", after: "b"), Step("b"))).Message.ShouldStartWith("\"a\" stops after \"b\"");
        Should.Throw<ArgumentException>(() => Order(Step("a"), Step("a"))).Message.ShouldStartWith("two steps have the name \"a\"");
    }

    [Fact]
    public async Task The_failure_of_the_work_is_thrown_when_all_is_stopped()
    {
        var order = new RunOrder([Step("a"), Step("b")], () => Task.FromException(new InvalidDataException("work")));
        (await Should.ThrowAsync<InvalidDataException>(() => order.RunAsync(_never, _log))).Message.ShouldBe("work");
        _happened.ShouldBe(["+a", "+b", "-b", "-a"]);
        _log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_first_stop_that_fails_is_thrown_when_the_others_are_stopped_and_later_ones_are_logged()
    {
        RunOrder order = Order(Step("a"), Step("b", stop: new InvalidDataException("b")), Step("c", stop: new InvalidDataException("c")));
        (await Should.ThrowAsync<InvalidDataException>(() => order.RunAsync(_never, _log))).Message.ShouldBe("c");
        _happened.ShouldBe(["+a", "+b", "+c", "work", "-c", "-b", "-a"]);
        _log.Lines.ShouldHaveSingleItem().ShouldEndWith("At the end of the run, this step failed, too: b");
    }

    [Fact]
    public async Task A_stop_that_fails_does_not_hide_what_ended_the_run()
    {
        RunOrder order = Order(
            Step("a", stop: new InvalidDataException("stop")), Step("b"), Step("c", start: new InvalidDataException("start")));
        (await Should.ThrowAsync<InvalidDataException>(() => order.RunAsync(_never, _log))).Message.ShouldBe("start");
        _happened.ShouldBe(["+a", "+b", "+c", "-b", "-a"]);
        _log.Lines.ShouldHaveSingleItem().ShouldEndWith("At the end of the run, this step failed, too: a");
    }

    [Fact]
    public async Task A_stop_that_fails_with_what_ended_the_run_is_not_logged_again()
    {
        var failure = new InvalidDataException("the pipeline");
        var order = new RunOrder([Step("a", stop: failure)], () => Task.FromException(failure));
        (await Should.ThrowAsync<InvalidDataException>(() => order.RunAsync(_never, _log))).ShouldBeSameAs(failure);
        _log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_that_is_told_to_stop_during_a_start_stops_that_step_and_starts_no_other()
    {
        var stop = new TaskCompletionSource();
        var slow = new TaskCompletionSource();
        RunOrder order = Order(Step("a"), new RunStep("slow", () => slow.Task, () => Note("-slow")), Step("c"));
        Task run = order.RunAsync(stop.Task, _log);
        stop.SetResult();
        run.IsCompleted.ShouldBeFalse("what is starting comes to its end");
        slow.SetResult();
        await run;
        _happened.ShouldBe(["+a", "-slow", "-a"]);
    }

    [Fact]
    public async Task A_step_that_comes_with_the_one_before_it_is_stopped_though_the_run_is_told_to_stop_in_between()
    {
        var stop = new TaskCompletionSource();
        RunOrder order = Order(
            new RunStep("a", () => StopAndNote("+a"), () => Note("-a")),
            new RunStep("with a", stop: () => Note("-with a")) { ComesWithPrevious = true },
            Step("c"));
        await order.RunAsync(stop.Task, _log);
        _happened.ShouldBe(["+a", "-with a", "-a"]);

        Task StopAndNote(string what)
        {
            stop.SetResult();
            return Note(what);
        }
    }

    [Fact]
    public async Task A_start_that_gives_up_because_the_run_is_told_to_stop_is_no_failure_and_is_not_stopped()
    {
        var stop = new TaskCompletionSource();
        RunOrder order = Order(Step("a"), new RunStep("b", GiveUp, () => Note("-b")), Step("c"));
        await order.RunAsync(stop.Task, _log);
        _happened.ShouldBe(["+a", "-a"]);

        Task GiveUp()
        {
            stop.SetResult();
            return Task.FromCanceled(new CancellationToken(canceled: true));
        }
    }

    [Fact]
    public async Task A_start_that_is_cancelled_by_something_else_is_a_failure()
    {
        RunOrder order = Order(Step("a"), Step("b", start: new OperationCanceledException("timed out")));
        Exception? thrown = await Record.ExceptionAsync(() => order.RunAsync(_never, _log));
        thrown.ShouldBeOfType<OperationCanceledException>().Message.ShouldBe("timed out");
        _happened.ShouldBe(["+a", "+b", "-a"]);
    }

    [Fact]
    public async Task A_run_that_is_told_to_stop_before_it_begins_starts_nothing()
    {
        await Order(Step("a")).RunAsync(Task.CompletedTask, _log);
        _happened.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_part_is_there_from_its_start_on_and_is_disposed_at_its_stop()
    {
        var part = new RunPart<Disposed>("part", () => new Disposed(() => _happened.Add("-part")));
        Should.Throw<InvalidOperationException>(() => part.Value).Message.ShouldBe("the step \"part\" has not started");
        await new RunOrder([part, new RunPart<IDisposable?>("nothing", () => (IDisposable?)null)], () => Note($"work with {part.Value}"))
            .RunAsync(_never, _log);
        _happened.ShouldBe(["work with a part", "-part"]);
    }

    private RunOrder Order(params RunStep[] steps) => new(steps, () => Note("work"));

    private RunStep Step(string name, string? after = null, Exception? start = null, Exception? stop = null) =>
        new(name, () => Note("+" + name, start), () => Note("-" + name, stop)) { StopsAfter = after };

    private Task Note(string what, Exception? failure = null)
    {
        _happened.Add(what);
        return failure is null ? Task.CompletedTask : Task.FromException(failure);
    }

    private sealed class Disposed(Action dispose) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            dispose();
            return ValueTask.CompletedTask;
        }

        public override string ToString() => "a part";
    }
}
