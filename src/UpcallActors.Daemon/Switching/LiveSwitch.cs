using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Reloading;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Switching;

/// <summary>
/// The bridges of a configuration on a datapath whose devices come, go and change. Adds the configured ports to the datapath. Refused and
/// waiting ports are tried again when devices change, and also by time, less and less often. When ports change, translators get bridges
/// with the new numbers and MTUs. So they do when the bridges of the configuration change. Disposing stops following.
/// </summary>
internal sealed class LiveSwitch : IReloadable, IAsyncDisposable
{
    private readonly IDatapathPorts _ports;
    private readonly SwitchBridges _bridges;
    private readonly SwitchPorts _wanted;
    private readonly ILogger _logger;
    private readonly Channel<bool> _changes =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentQueue<Reload> _reloads = new();
    private readonly ConcurrentQueue<TaskCompletionSource<IReadOnlyList<string>>> _retries = new();
    private readonly RetryBackoff _backoff = new();
    private readonly ITimer _retryTimer;
    private IReadOnlyList<WaitingPort> _waitedFor = [];
    private volatile bool _isRetryDue;
    private Dictionary<string, PortPlace> _places;
    private Dictionary<string, double> _shares;
    private UpcallPipeline? _pipeline;

    private LiveSwitch(DaemonOptions options, IDatapath datapath, IDatapathPorts ports, ILogger logger, TimeProvider time)
    {
        _retryTimer = time.CreateTimer(_ => NoteRetry(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _ports = ports;
        _logger = logger;
        _bridges = new SwitchBridges(options.Bridges);
        _wanted = new SwitchPorts(options.Bridges, logger);
        _shares = SharesOf(options);
        // Before the ports are looked at, so that no change falls between.
        _ports.Changed += Note;
        _wanted.Add(ports);
        RemoveOthers(datapath.Name);
        _places = _wanted.Places(ports.List());
        Translators = new OpenFlowTranslatorFactory(
            _bridges.On(_places), support: new OdpSupport
            {
                CheckPktLen = datapath.Support.CheckPktLen,
                UserspacePid = datapath.UserspacePid,
            });
        ScheduleRetry();
        Completion = FollowAsync();
    }

    /// <summary>Who decides about upcalls, by the bridges as they are at the moment.</summary>
    public OpenFlowTranslatorFactory Translators { get; }

    /// <summary>The ports that are not in the datapath, with the reasons. Any thread.</summary>
    public IReadOnlyList<WaitingPort> Waiting => _wanted.Waiting;

    /// <summary>
    /// Ends when the ports cannot be followed any more, with the failure: the datapath is gone. Ends well after <see cref="DisposeAsync"/>.
    /// </summary>
    public Task Completion { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Keys { get; } = ["bridges"];

    /// <summary>
    /// Adds the ports and begins to follow them. Throws <see cref="DatapathException"/> when none can be added, or the datapath is gone.
    /// </summary>
    public static LiveSwitch Start(
        DaemonOptions options, IDatapath datapath, IDatapathPorts ports, ILogger logger, TimeProvider? time = null) =>
        new(options, datapath, ports, logger, time ?? TimeProvider.System);

    /// <summary>
    /// Gives the pipeline the shares of ports that have their own, by their current numbers.
    /// </summary>
    public void ShareWith(UpcallPipeline pipeline)
    {
        Volatile.Write(ref _pipeline, pipeline);
        _changes.Writer.TryWrite(true);
    }

    /// <summary>
    /// Changes to other bridges: new ports are added first, then the flows change, then ports that are no longer configured are removed.
    /// Parts that are in both stay, with the counters of flows and the learned MAC addresses.
    /// </summary>
    public Task ApplyAsync(DaemonOptions options)
    {
        var reload = new Reload(options, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _reloads.Enqueue(reload);
        _changes.Writer.TryWrite(true);
        // The caller has stopped following the ports.
        return Task.WhenAny(reload.Done.Task, Completion).Unwrap();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> RetryAsync()
    {
        var retry = new TaskCompletionSource<IReadOnlyList<string>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _retries.Enqueue(retry);
        NoteRetry();
        return await Task.WhenAny(retry.Task, Completion) == retry.Task ? await retry.Task : [];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _retryTimer.DisposeAsync();
        _ports.Changed -= Note;
        _changes.Writer.TryComplete();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// Takes out what an earlier run with another configuration left, as ovs-vswitchd
    /// does (<c>open_dpif_backer</c> in ofproto-dpif.c). What others add later is theirs.
    /// </summary>
    private void RemoveOthers(string datapath)
    {
        foreach (DatapathPort port in _ports.List().Where(port => port.Name != datapath && !_wanted.Contains(port)))
        {
            if (_ports.Remove(port.Name))
                _logger.PortRemoved(port.Name);
        }
    }

    private void Note(object? sender, EventArgs change) => _changes.Writer.TryWrite(true);

    private void NoteRetry()
    {
        _isRetryDue = true;
        _changes.Writer.TryWrite(true);
    }

    private async Task FollowAsync()
    {
        await foreach (bool _ in _changes.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            while (_reloads.TryDequeue(out Reload? reload))
                await TryTakeAsync(reload).ConfigureAwait(false);
            RetryIfDue();
            Follow();
            ScheduleRetry();
        }
    }

    /// <summary>Tries the waiting ports again, if it is time or a caller wants the result.</summary>
    private void RetryIfDue()
    {
        if (!_isRetryDue)
            return;
        _isRetryDue = false;
        IReadOnlyList<WaitingPort> before = Waiting;
        if (before.Count > 0)
            _ports.Retry();
        if (_retries.IsEmpty)
            return;
        Follow();
        IReadOnlyList<string> outcome = [.. before.Select(Outcome)];
        while (_retries.TryDequeue(out TaskCompletionSource<IReadOnlyList<string>>? retry))
            retry.TrySetResult(outcome);
    }

    private string Outcome(WaitingPort tried) =>
        Waiting.FirstOrDefault(port => port.Bridge == tried.Bridge && port.Name == tried.Name) is { } waiting
        ? $"port {waiting.Name} of {waiting.Bridge} still waits: {waiting.Reason}"
        : $"port {tried.Name} of {tried.Bridge} is in the datapath now";

    /// <summary>While the same ports wait, twice as late each time.</summary>
    private void ScheduleRetry()
    {
        IReadOnlyList<WaitingPort> waiting = Waiting;
        if (!waiting.SequenceEqual(_waitedFor))
            _backoff.Reset();
        _waitedFor = waiting;
        _retryTimer.Change(waiting.Count > 0 ? _backoff.Next() : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A failure is the reload's. Should the datapath be gone, to follow it fails next.</summary>
    private async Task TryTakeAsync(Reload reload)
    {
        try
        {
            await TakeAsync(reload).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Told to whoever asked for the reload.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            reload.Done.TrySetException(failure);
        }
    }

    private async Task TakeAsync(Reload reload)
    {
        Action changeFlows = await BackgroundWork.Run(() => _bridges.Replace(reload.Options.Bridges)).ConfigureAwait(false);
        IReadOnlyList<string> gone = _wanted.Replace(reload.Options.Bridges, _ports);
        _shares = SharesOf(reload.Options);
        _places = _wanted.Places(_ports.List());
        Translators.Replace(_bridges.On(_places));
        await BackgroundWork.Run(changeFlows).ConfigureAwait(false);
        foreach (string device in gone)
            _wanted.Remove(device, _ports);
        TellShares();
        reload.Done.TrySetResult();
    }

    private void Follow()
    {
        _wanted.Retry(_ports);
        Dictionary<string, PortPlace> places = _wanted.Places(_ports.List());
        // Whatever else has changed, such as a link's state, no translation depends on it.
        if (places.Count != _places.Count
            || places.Any(place => !_places.TryGetValue(place.Key, out PortPlace before) || before != place.Value))
        {
            Translators.Replace(_bridges.On(places));
            _places = places;
        }

        TellShares();
    }

    /// <summary>Tunnels that are one port of the datapath have the largest of their shares.</summary>
    private void TellShares()
    {
        if (Volatile.Read(ref _pipeline) is not { } pipeline)
            return;
        var shares = _shares.Where(share => _places.ContainsKey(share.Key))
            .GroupBy(share => _places[share.Key].Number, share => share.Value).ToFrozenDictionary(port => port.Key, port => port.Max());
        FrozenDictionary<uint, double> before = pipeline.Tuning.PortShares;
        if (shares.Count != before.Count || shares.Any(share => !before.TryGetValue(share.Key, out double old) || old != share.Value))
            pipeline.Tune(tuning => tuning with { PortShares = shares });
    }

    private static Dictionary<string, double> SharesOf(DaemonOptions options) =>
        options.Bridges.SelectMany(bridge => bridge.Ports).Where(port => port.Share != null)
        .ToDictionary(port => port.Name, port => port.Share!.Value, StringComparer.Ordinal);

    private sealed record Reload(DaemonOptions Options, TaskCompletionSource Done);
}
