using System.Collections.Concurrent;
using Akka.Actor;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Replay;
using UpcallActors.Daemon.Replay.Reports;
using UpcallActors.Daemon.Tests.Configuration;
using UpcallActors.Daemon.Tests.Replay;
using UpcallActors.Odp;

namespace UpcallActors.Daemon.Tests.Hosting;

/// <summary>Stages on the dispatchers that a configuration puts them on.</summary>
public sealed class StageDispatcherTests : IDisposable
{
    private const string Lane = "upcall-actors.lane-0.ovs-system.0";

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", Lane, Lane)]
    [InlineData("receiver = pinned", "upcall-actors.pinned", Lane)]
    [InlineData("executor = pinned", Lane, "upcall-actors.pinned")]
    [InlineData("receiver = fork-join, router = fork-join, translator = fork-join, executor = fork-join, fork-join-threads = 2",
        "upcall-actors.fork-join", "upcall-actors.fork-join")]
    [InlineData("receiver = pinned, router = pinned, translator = fork-join, executor = pinned", "upcall-actors.pinned",
        "upcall-actors.pinned")]
    public async Task A_stage_runs_where_it_is_told_to_and_every_upcall_is_answered(string dispatchers, string receiver, string executor)
    {
        (DaemonOptions? options, IReadOnlyList<ConfigurationProblem> problems) = _folder.Read(
            DaemonOptionsTests.Good.Replace("handlers = 2", $"handlers = 1, pipeline.dispatchers {{ {dispatchers} }}",
                StringComparison.Ordinal));
        problems.ShouldBeEmpty();
        using var system = ActorSystem.Create("dispatchers", "akka.loglevel = OFF");
        NamedThreads? threads = null;
        RunSummary summary = await new CaptureRun(system, datapath => threads = new NamedThreads(datapath), show: RunAccount.Of)
            .RunAsync(options!, (_, _) => null, CancellationToken.None);
        summary.Upcalls.Misses.ShouldBeGreaterThan(0);
        summary.Upcalls.Lost.ShouldBe(0);
        threads!.Receivers.ShouldHaveSingleItem().ShouldStartWith(receiver);
        // Revalidators ask the datapath for something, too, and so does who looks at the run.
        threads.Executors.Where(name => name.StartsWith("upcall-actors.", StringComparison.Ordinal) && !name.Contains(".revalid"))
            .ShouldHaveSingleItem().ShouldStartWith(executor);
    }

    /// <summary>A datapath that notes on which threads it is opened.</summary>
    private sealed class NamedThreads(IDatapath inner) : DatapathDecorator(inner)
    {
        public ConcurrentBag<string> Receivers { get; } = [];

        public ConcurrentBag<string> Executors { get; } = [];

        public override IUpcallSource OpenUpcalls(int handler)
        {
            Receivers.Add(Thread.CurrentThread.Name ?? "");
            return base.OpenUpcalls(handler);
        }

        public override IRequestChannel OpenRequests()
        {
            Executors.Add(Thread.CurrentThread.Name ?? "");
            return base.OpenRequests();
        }
    }
}
