using Akka.Actor;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch;

/// <summary>
/// A switch on a datapath, kept as it is wanted while devices come, go and change, and while what is wanted changes. An actor looks
/// after it, on a thread of its own. Thread-safe. Disposing ends that; ports and bridges stay as they are.
/// </summary>
public sealed class RunningSwitch : IAsyncDisposable
{
    private readonly SwitchReconciler _reconciler;
    private readonly IActorRef _guard;
    private readonly string _source;

    private RunningSwitch(SwitchReconciler reconciler, IActorRef guard, PacketInCounters packetIns, Task completion, SwitchOptions options)
    {
        PacketIns = packetIns;
        Controllers = options.Controllers;
        _reconciler = reconciler;
        _guard = guard;
        _source = options.Source;
        Completion = completion;
    }

    /// <summary>The translators, which decide about upcalls by the present bridges.</summary>
    internal OpenFlowTranslatorFactory Translators => _reconciler.Translators;

    /// <summary>What kind of datapath it is on.</summary>
    internal string DatapathType => _reconciler.DatapathType;

    /// <summary>What has become of packets for OpenFlow clients.</summary>
    internal PacketInCounters PacketIns { get; }

    /// <summary>How bridges stand with their controllers.</summary>
    internal ControllerStatuses Controllers { get; }

    /// <summary>The switch as it is now.</summary>
    public SwitchState State => _reconciler.States.State;

    /// <summary>
    /// Ends well after <see cref="DisposeAsync"/>; with the failure when the switch cannot be looked after any more: the datapath is
    /// gone.
    /// </summary>
    public Task Completion { get; }

    /// <summary>
    /// Makes a datapath's ports what is wanted, as far as that can be by now, and begins to follow them. Any number of switches may run
    /// in one actor system, each on a datapath of its own.
    /// </summary>
    /// <param name="system">Where the switch's actors live.</param>
    /// <param name="datapath">The datapath, which stays the caller's.</param>
    /// <param name="ports">Its ports, which stay the caller's.</param>
    /// <param name="configuration">What is wanted.</param>
    /// <param name="options">How the switch runs.</param>
    /// <exception cref="DatapathException">The datapath is gone, or takes none of the ports.</exception>
    /// <exception cref="FlowRefusedException">The flows of a bridge do not go together.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">The process has no descriptor left for the switch's thread.</exception>
    internal static async Task<RunningSwitch> StartAsync(
        ActorSystem system, IDatapath datapath, IDatapathPorts ports, SwitchConfiguration configuration, SwitchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(configuration);
        SwitchOptions how = options ?? new SwitchOptions();
        var reconciler = new SwitchReconciler(
            datapath, ports, how.Observer ?? new LoggingObserver(how.Logger), how.Time ?? TimeProvider.System);
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var packetIns = new PacketInCounters();
        IActorRef guard = StartGuard(
            system, datapath.Name, loops => new SwitchGuard(reconciler, datapath, ports, how, packetIns, loops, completion));
        var running = new RunningSwitch(reconciler, guard, packetIns, completion.Task, how);
        try
        {
            await running.AskAndShowAsync(known => known.Start(how.Source, configuration));
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Goes on with what a source wants from now on; what other sources want stays. Ends when it holds, though ports may wait
    /// (<see cref="SwitchState.Waiting"/>).
    /// </summary>
    /// <param name="configuration">All that the source wants.</param>
    /// <param name="source">The source; null for the one that the switch started with.</param>
    /// <exception cref="DatapathException">The datapath is gone.</exception>
    /// <exception cref="FlowRefusedException">The flows of a bridge do not go together; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">The switch has ended.</exception>
    public Task<AppliedConfiguration> ApplyAsync(SwitchConfiguration configuration, string? source = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return AskAndShowAsync(reconciler => reconciler.Apply(source ?? _source, configuration));
    }

    /// <summary>
    /// Changes what a source wants; what other sources want stays. Changes are made one after the other, each of what the one before has
    /// left, so two callers do not lose each other's. Ends when the change holds, though ports may wait
    /// (<see cref="SwitchState.Waiting"/>).
    /// </summary>
    /// <param name="change">
    /// Makes the new configuration of a source from its present one, which is empty for a new source. It is called once, on the switch's
    /// own thread, which it must not hold up. The switch stays as it is if the function throws, and the failure is the caller's.
    /// </param>
    /// <param name="source">The source; null for the one that the switch started with.</param>
    /// <exception cref="DatapathException">The datapath is gone.</exception>
    /// <exception cref="FlowRefusedException">The flows of a bridge do not go together; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">The switch has ended.</exception>
    public async Task<AppliedConfiguration> UpdateAsync(Func<SwitchConfiguration, SwitchConfiguration> change, string? source = null)
    {
        ArgumentNullException.ThrowIfNull(change);
        var update = new ConfigurationChange(source ?? _source, change);
        AppliedConfiguration? applied = await AskAndShowAsync(update.Apply!);
        update.ThrowFailure();
        return applied!;
    }

    /// <summary>
    /// The state of now, then each new one in order, until the switch ends (<see cref="Completion"/> says why). The switch never waits
    /// for a reader: a slow one gets the latest state and the number of those that it has missed.
    /// </summary>
    public IAsyncEnumerable<StateUpdate> ReadStatesAsync(CancellationToken cancellation = default) =>
        _reconciler.States.ReadAsync(cancellation);

    /// <summary>
    /// Tries again now to add the ports that wait, and says what became of each, in lines for people; nothing when the datapath is gone
    /// or the switch has ended.
    /// </summary>
    public async Task<IReadOnlyList<string>> RetryAsync()
    {
        try
        {
            return await AskAsync(reconciler => reconciler.Retry());
        }
        catch (Exception gone) when (gone is DatapathException || Completion.IsCompleted)
        {
            return [];
        }
    }

    /// <summary>What the interfaces of bridges have counted, as far as they are there, by bridge and interface.</summary>
    /// <exception cref="DatapathException">The datapath is gone.</exception>
    /// <exception cref="InvalidOperationException">The switch has ended.</exception>
    internal Task<IReadOnlyDictionary<(string Bridge, string Name), InterfaceStatistics>> CountAsync() =>
        AskAsync(reconciler => reconciler.Count());

    /// <summary>
    /// From now on the switch tells a pipeline the shares of ports that have one of their own, by their present numbers. A port that is
    /// no longer configured goes when the pipeline has finished the packets that may be on their way to it.
    /// </summary>
    /// <remarks>Ends when the pipeline's packets for controllers are read, or when the switch has ended.</remarks>
    internal async Task AttachAsync(UpcallPipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        var request = new SwitchRequest<Task>(reconciler => reconciler.Attach(pipeline));
        Tell(request);
        await Task.WhenAny(request.Done.Unwrap(), Completion);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _guard.Tell(SwitchGuard.Stop.Instance, ActorRefs.NoSender);
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// The loop is made here, where a failure is the caller's: the failure of an actor that cannot start reaches no caller.
    /// </summary>
    private static IActorRef StartGuard(ActorSystem system, string datapath, Func<SwitchLoops, SwitchGuard> make)
    {
        var loops = new SwitchLoops(system, datapath);
        try
        {
            return system.ActorOf(ActorFactory.Props(() => make(loops)));
        }
        catch
        {
            loops.Release();
            throw;
        }
    }

    /// <summary>What a configuration gives, once the bridges' OpenFlow sockets are there, too.</summary>
    private async Task<AppliedConfiguration> AskAndShowAsync(Func<SwitchReconciler, AppliedConfiguration> handle)
    {
        AppliedConfiguration applied = await AskAsync(handle);
        await Task.WhenAny(_reconciler.BridgesShown, Completion);
        return applied;
    }

    /// <summary>A switch that has ended answers nothing, so this does not wait for its answer alone.</summary>
    private async Task<T> AskAsync<T>(Func<SwitchReconciler, T> handle)
    {
        var request = new SwitchRequest<T>(handle);
        Tell(request);
        if (await Task.WhenAny(request.Done, Completion) != request.Done && !request.Done.IsCompleted)
        {
            await Completion;
            throw new InvalidOperationException("the switch has ended");
        }

        return await request.Done;
    }

    private void Tell(SwitchRequest request) => _guard.Tell(request, ActorRefs.NoSender);
}
