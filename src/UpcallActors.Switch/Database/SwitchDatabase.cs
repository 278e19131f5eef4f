using Akka.Actor;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch;

/// <summary>
/// A switch's database: what it wants is one of the switch's sources, and what becomes of it is written there. While its server is away,
/// the switch goes on as it is. Thread-safe. Disposing leaves the switch and the database as they are.
/// </summary>
internal sealed class SwitchDatabase : IAsyncDisposable
{
    private readonly IActorRef _actor;
    private readonly DatabaseProgress _progress;

    private SwitchDatabase(IActorRef actor, DatabaseProgress progress)
    {
        _actor = actor;
        _progress = progress;
    }

    /// <summary>
    /// Ends when the database's lock is ours and its contents are here. No switch must have the datapath before: another process may.
    /// </summary>
    public Task Ready => _progress.First;

    /// <summary>
    /// Ends when the first configuration holds and the server was told so, whether it took that or not (<c>daemonize_complete</c>).
    /// </summary>
    public Task Configured => _progress.Configured;

    /// <summary>
    /// Ends well after <see cref="DisposeAsync"/>; with a <see cref="DatabaseLockLostException"/> when another process has the lock.
    /// </summary>
    public Task Completion => _progress.Completion;

    /// <summary>Begins to connect.</summary>
    public static SwitchDatabase Connect(ActorSystem system, DatabaseOptions options)
    {
        var progress = new DatabaseProgress(options);
        return new SwitchDatabase(system.ActorOf(ActorFactory.Props(() => new OvsdbActor(options, progress))), progress);
    }

    /// <summary>From now on the switch is what the database wants. Ends when it is so for the first time.</summary>
    public async Task AttachAsync(RunningSwitch running)
    {
        _actor.Tell(new OvsdbActor.SwitchAttached(running), ActorRefs.NoSender);
        await await Task.WhenAny(_progress.FirstApplied, Completion);
    }

    /// <summary>Ends when no flows are to be restored (any more) before packets are answered (<c>flow-restore-wait</c>).</summary>
    public Task FlowsRestored => _progress.Restored;

    /// <summary>From now on the pipeline's revalidators have the settings that the database says.</summary>
    public void Attach(UpcallPipeline pipeline) => _actor.Tell(new OvsdbActor.PipelineAttached(pipeline), ActorRefs.NoSender);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _actor.Tell(OvsdbActor.Stop.Instance, ActorRefs.NoSender);
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
