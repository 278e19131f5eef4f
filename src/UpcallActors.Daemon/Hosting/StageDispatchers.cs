using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using UpcallActors.Daemon.Configuration;

namespace UpcallActors.Daemon.Hosting;

/// <summary>
/// The dispatchers that a configuration can put a stage of the pipeline
/// on, beside its lane's own loop. One that no stage is on is not made.
/// </summary>
internal static class StageDispatchers
{
    private const string Pinned = "upcall-actors.pinned";
    private const string ForkJoin = "upcall-actors.fork-join";

    /// <summary>Registers what the options need with an actor system.</summary>
    public static void Register(ActorSystem system, StageDispatcherOptions options)
    {
        if (options.Uses(StageDispatcher.Pinned))
            system.Dispatchers.RegisterConfigurator(Pinned,
                new PinnedConfigurator(Settings(system, Pinned, 1), system.Dispatchers.Prerequisites));
        if (options.Uses(StageDispatcher.ForkJoin))
            system.Dispatchers.RegisterConfigurator(ForkJoin,
                new DispatcherConfigurator(Settings(system, ForkJoin, options.ForkJoinThreads), system.Dispatchers.Prerequisites));
    }

    /// <summary>The id of a dispatcher; null for the lane's own.</summary>
    public static string? IdOf(StageDispatcher dispatcher) => dispatcher switch
    {
        StageDispatcher.Pinned => Pinned,
        StageDispatcher.ForkJoin => ForkJoin,
        _ => null,
    };

    /// <summary>A message is a batch, which is work enough for a turn.</summary>
    private static Config Settings(ActorSystem system, string id, int threads) => ConfigurationFactory.ParseString(string.Create(
        CultureInfo.InvariantCulture,
        $"id = {id}, executor = fork-join-executor, throughput = 1, dedicated-thread-pool {{ "
            + $"thread-count = {threads}, threadtype = background }}"))
        .WithFallback(system.Settings.Config.GetConfig(Dispatchers.DefaultDispatcherId));

    /// <summary>
    /// A dispatcher with one thread for each actor; Akka's own dispatchers come only from the actor system's configuration.
    /// </summary>
    private sealed class PinnedConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : MessageDispatcherConfigurator(config, prerequisites)
    {
        public override MessageDispatcher Dispatcher() => new DispatcherConfigurator(Config, Prerequisites).Dispatcher();
    }
}
