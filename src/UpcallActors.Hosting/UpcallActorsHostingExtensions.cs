using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.Configuration;

namespace UpcallActors.Hosting;

/// <summary>Puts a pipeline of upcalls into an actor system that Akka.Hosting runs.</summary>
public static class UpcallActorsHostingExtensions
{
    /// <summary>A name may be registered once: the check of a system is for all its datapaths.</summary>
    private static readonly ConditionalWeakTable<AkkaConfigurationBuilder, UpcallHealthCheck> _checks = [];

    /// <summary>
    /// Opens a datapath and answers its upcalls for as long as the actor system lives. The host's start ends when upcalls are answered, and
    /// fails when they cannot be. When the system is shut down, upcalls in progress are finished in the phase
    /// <see cref="CoordinatedShutdown.PhaseServiceUnbind"/>, and the datapath is closed in
    /// <see cref="CoordinatedShutdown.PhaseServiceStop"/>. A pipeline that gives up, or a datapath that another process takes, shuts the
    /// system down, with <see cref="UpcallsUnansweredReason"/>. May be called for several datapaths with different names. One health check
    /// is registered for all of them (<see cref="UpcallHealthCheck"/>).
    /// </summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="configure">Says which datapath, and who decides about upcalls.</param>
    /// <exception cref="InvalidOperationException">What the options say is incomplete or does not go together; thrown at once.</exception>
    public static AkkaConfigurationBuilder WithUpcallActors(this AkkaConfigurationBuilder builder, Action<UpcallActorsOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new UpcallActorsOptions();
        configure(options);
        options.Validate();
        if (_checks.TryGetValue(builder, out UpcallHealthCheck? check))
            check.Datapaths++;
        else
            builder.WithHealthCheck(UpcallHealthCheck.Name, CheckOf(builder), tags: [UpcallHealthCheck.Tag]);
        return builder
            .WithActors((system, _, resolver) =>
                UpcallService.StartAsync(system, (IServiceProvider)resolver.GetService<IServiceProvider>(), options));
    }

    /// <summary>
    /// The same by a section of a configuration, such as <c>builder.Configuration.GetSection("UpcallActors")</c>; docs/dotnet.md lists its
    /// keys.
    /// </summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="configuration">The section. A key that is not known is refused.</param>
    /// <param name="configure">Adds what a configuration cannot say, such as a policy of one's own.</param>
    /// <exception cref="FormatException">What is configured cannot be read; all that is wrong is in the message.</exception>
    /// <exception cref="InvalidOperationException">The options are incomplete or do not go together.</exception>
    public static AkkaConfigurationBuilder WithUpcallActors(
        this AkkaConfigurationBuilder builder, IConfiguration configuration, Action<UpcallActorsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return builder.WithUpcallActors(options =>
        {
            options.Bind(configuration);
            configure?.Invoke(options);
        });
    }

    /// <summary>
    /// What <see cref="WithUpcallActors(AkkaConfigurationBuilder, Action{UpcallActorsOptions})"/> has started in an actor system, where it
    /// was called once.
    /// </summary>
    /// <exception cref="InvalidOperationException">Nothing was started, or not yet, or more than one.</exception>
    public static RunningUpcallActors GetUpcallActors(this ActorSystem system) => UpcallActorsExtension.Of(system).Running switch
    {
        [RunningUpcallActors one] => one,
        [] => throw new InvalidOperationException(
            "this actor system answers no upcalls: WithUpcallActors was not called, or the host has not started"),
        var several => throw new InvalidOperationException(
            $"this actor system answers the upcalls of several datapaths: name one of {string.Join(", ", NamesOf(several))}"),
    };

    /// <summary>
    /// What <see cref="WithUpcallActors(AkkaConfigurationBuilder, Action{UpcallActorsOptions})"/> has started over a datapath.
    /// </summary>
    /// <param name="system">The actor system.</param>
    /// <param name="datapath">The datapath's name.</param>
    /// <exception cref="InvalidOperationException">Nothing was, or not yet.</exception>
    public static RunningUpcallActors GetUpcallActors(this ActorSystem system, string datapath) =>
        UpcallActorsExtension.Of(system).Find(datapath)
        ?? throw new InvalidOperationException($"this actor system answers no upcalls of a datapath {datapath}, or not yet");

    private static UpcallHealthCheck CheckOf(AkkaConfigurationBuilder builder)
    {
        var check = new UpcallHealthCheck();
        _checks.Add(builder, check);
        return check;
    }

    private static IEnumerable<string> NamesOf(IEnumerable<RunningUpcallActors> several) =>
        several.Select(running => running.Datapath.Name).Order(StringComparer.Ordinal);
}
