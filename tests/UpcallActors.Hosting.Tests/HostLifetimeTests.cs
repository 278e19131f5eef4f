using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using UpcallActors.Embedded;
using UpcallActors.Odp;
using UpcallActors.Pipeline;

namespace UpcallActors.Hosting.Tests;

/// <summary>What a host's start, end and failure mean for the datapath and its upcalls.</summary>
public sealed class HostLifetimeTests
{
    [Fact]
    public async Task A_started_host_answers_upcalls()
    {
        await using var hosted = new HostedDatapath();
        await hosted.StartAsync();

        hosted.Send(1, source: 0x02_00_00_00_00_01, destination: 0x02_00_00_00_00_02);

        await Eventually.HoldsAsync(() => hosted.SentOn(2) == 1 && hosted.SentOn(3) == 1);
        hosted.SentOn(1).ShouldBe(0);
        hosted.Running.Datapath.ShouldBe(hosted.Datapath);
    }

    [Fact]
    public async Task A_host_that_stops_answers_what_it_has_received_and_closes_the_datapath_after_that()
    {
        await using var hosted = new HostedDatapath();
        var closing = new ClosingDatapath(hosted.Datapath);
        await hosted.StartAsync(options => options.UseDatapath(_ => closing).UseTranslators(SimpleTranslators.Normal));
        RunningUpcallActors running = hosted.Running;
        closing.Closing = () => running.Pipeline.Completion.IsCompletedSuccessfully;
        for (ulong source = 1; source <= 500; source++)
            hosted.Send(1, source, destination: 0xff_ff_ff_ff_ff_ff);

        await hosted.Host.StopAsync();

        closing.WasPipelineEnded.ShouldBe(true);
        running.Pipeline.Counters.Completed.ShouldBe(running.Pipeline.Counters.Received);
        running.Pipeline.Counters.CreditsInUse.ShouldBe(0);
        hosted.SentOn(2).ShouldBe((int)running.Pipeline.Counters.Executes);
    }

    [Fact]
    public async Task A_pipeline_that_gives_up_ends_the_host()
    {
        await using var hosted = new HostedDatapath();
        await hosted.StartAsync(options =>
        {
            options.UseDatapath(_ => hosted.Datapath).UseTranslators(SimpleTranslators.Failing);
            options.Pipeline = new UpcallPipelineSettings { TranslatorFailureLimit = 1, Revalidation = null };
        });
        IHostApplicationLifetime life = hosted.Host.Services.GetRequiredService<IHostApplicationLifetime>();
        RunningUpcallActors running = hosted.Running;
        var system = hosted.Host.Services.GetRequiredService<ActorSystem>();

        ulong source = 0;
        await Eventually.HoldsAsync(() =>
        {
            hosted.Send(1, ++source, destination: 0xff_ff_ff_ff_ff_ff);
            return running.Pipeline.Completion.IsCompleted;
        });

        await Eventually.HoldsAsync(() => life.ApplicationStopping.IsCancellationRequested);
        await system.WhenTerminated.WaitAsync(Eventually.Limit);
        CoordinatedShutdown.Get(system).ShutdownReason.ShouldBeOfType<UpcallsUnansweredReason>().Failure.Message.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_datapath_that_is_lost_ends_the_host_and_is_named()
    {
        await using var hosted = new HostedDatapath();
        var losable = new LosableDatapath(hosted.Datapath);
        await hosted.StartAsync(options => options.UseDatapath(_ => losable).UseTranslators(SimpleTranslators.Normal));
        var system = hosted.Host.Services.GetRequiredService<ActorSystem>();

        losable.Lose("datapath ovs-system has been taken over by process 4711 (ovs-vswitchd)");

        await system.WhenTerminated.WaitAsync(Eventually.Limit);
        CoordinatedShutdown.Get(system).ShutdownReason.ShouldBeOfType<UpcallsUnansweredReason>()
            .Failure.Message.ShouldContain("process 4711");
    }

    [Fact]
    public async Task A_start_that_fails_closes_the_datapath_and_is_told_to_who_started_the_host()
    {
        await using var hosted = new HostedDatapath();
        var closing = new ClosingDatapath(hosted.Datapath) { Closing = () => true };

        Func<Task> start = () => hosted.StartAsync(options => options.UseDatapath(_ => closing)
            .UseTranslators((_, _, _) => throw new InvalidDataException("no policy today")));

        (await start.ShouldThrowAsync<InvalidDataException>()).Message.ShouldBe("no policy today");
        closing.WasPipelineEnded.ShouldBe(true);
    }

    [Fact]
    public async Task Two_datapaths_in_one_host_are_both_answered()
    {
        await using var first = new HostedDatapath(new EmbeddedDatapathOptions { Name = "dp-one" });
        await using var second = new HostedDatapath(new EmbeddedDatapathOptions { Name = "dp-two" });
        await first.StartAsync(
            options => options.UseDatapath(_ => first.Datapath).UseTranslators(SimpleTranslators.Normal),
            options => options.UseDatapath(_ => second.Datapath).UseTranslators(SimpleTranslators.Normal));

        for (ulong source = 1; source <= 20; source++)
        {
            first.Send(1, source, destination: 0xff_ff_ff_ff_ff_ff);
            second.Send(2, source, destination: 0xff_ff_ff_ff_ff_ff);
        }

        await Eventually.HoldsAsync(() => first.SentOn(3) == 20 && second.SentOn(3) == 20);
        var system = first.Host.Services.GetRequiredService<ActorSystem>();
        system.GetUpcallActors("dp-one").Datapath.ShouldBe(first.Datapath);
        system.GetUpcallActors("dp-two").Pipeline.Counters.Received.ShouldBe(20);
        Should.Throw<InvalidOperationException>(() => system.GetUpcallActors()).Message.ShouldContain("dp-one, dp-two");
        Should.Throw<InvalidOperationException>(() => system.GetUpcallActors("dp-three")).Message.ShouldContain("dp-three");
    }

    [Fact]
    public async Task Two_datapaths_of_one_name_in_one_host_are_refused_at_the_start()
    {
        await using var first = new HostedDatapath();
        await using var second = new HostedDatapath();

        Func<Task> start = () => first.StartAsync(
            options => options.UseDatapath(_ => first.Datapath).UseTranslators(SimpleTranslators.Normal),
            options => options.UseDatapath(_ => second.Datapath).UseTranslators(SimpleTranslators.Normal));

        (await start.ShouldThrowAsync<InvalidOperationException>()).Message.ShouldContain("ovs-system");
    }

    [Fact]
    public async Task A_system_without_upcalls_says_so()
    {
        using var system = ActorSystem.Create("bare");

        Should.Throw<InvalidOperationException>(system.GetUpcallActors).Message.ShouldContain("WithUpcallActors");

        await system.Terminate();
    }

    /// <summary>Can be taken away.</summary>
    private sealed class LosableDatapath(IDatapath inner) : DatapathDecorator(inner)
    {
        private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override Task Lost => _lost.Task;

        public void Lose(string reason) => _lost.SetException(new DatapathException(reason));
    }

    /// <summary>Asks a question when it is closed.</summary>
    private sealed class ClosingDatapath(IDatapath inner) : DatapathDecorator(inner), IDatapath
    {
        public Func<bool>? Closing { get; set; }

        public bool? WasPipelineEnded { get; private set; }

        void IDisposable.Dispose()
        {
            WasPipelineEnded ??= Closing?.Invoke();
            Dispose();
        }
    }
}
