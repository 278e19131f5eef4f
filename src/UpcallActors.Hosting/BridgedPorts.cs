using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Hosting;

/// <summary>
/// Bridges on a datapath whose devices come, go and change: translators get bridges with
/// the ports' numbers and MTUs as they are at the moment. Disposing stops following.
/// </summary>
internal sealed class BridgedPorts : IAsyncDisposable
{
    private readonly IDatapathPorts _ports;
    private readonly IReadOnlyList<BridgeBuilder> _bridges;
    private readonly ILogger _logger;
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Channel<bool> _changes =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly RetryBackoff _backoff = new();
    private readonly Timer _retryTimer;
    private volatile bool _isRetryDue;
    private Dictionary<string, DatapathPort> _places;

    /// <summary>Adds the bridges' ports. Throws <see cref="DatapathException"/> when the datapath refuses one.</summary>
    public BridgedPorts(IDatapath datapath, IDatapathPorts ports, IReadOnlyList<BridgeBuilder> bridges, ILogger logger)
    {
        _ports = ports;
        _bridges = bridges;
        _logger = logger;
        _retryTimer = new Timer(_ => NoteRetry());
        foreach (BridgeBuilder bridge in bridges)
        {
            Add(new PortRequest(bridge.Name, PortKind.Internal));
            foreach (BridgeBuilderPort port in bridge.Ports)
                Add(port.Request);
        }

        // Before the ports are looked at, so that no change falls between.
        _ports.Changed += Note;
        _places = Places();
        Tell([], _places);
        Translators = new OpenFlowTranslatorFactory(
            On(_places), support: new OdpSupport { CheckPktLen = datapath.Support.CheckPktLen, UserspacePid = datapath.UserspacePid });
        ScheduleRetry(_places);
        Completion = FollowAsync();
    }

    /// <summary>Who decides about upcalls, by the bridges as they are at the moment.</summary>
    public OpenFlowTranslatorFactory Translators { get; }

    /// <summary>
    /// Ends with the failure when the ports cannot be followed any more: the datapath is gone. Ends well after <see cref="DisposeAsync"/>.
    /// </summary>
    public Task Completion { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _retryTimer.DisposeAsync();
        _ports.Changed -= Note;
        _changes.Writer.TryComplete();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Add(PortRequest request) => _names[request.Name] = _ports.Add(request).Name;

    private IEnumerable<Bridge> On(Dictionary<string, DatapathPort> places) => _bridges.Select(bridge => bridge.On(places));

    /// <summary>The ports by the names that they have in the options.</summary>
    private Dictionary<string, DatapathPort> Places()
    {
        var present = _ports.List().ToDictionary(port => port.Name, StringComparer.Ordinal);
        return _names.Where(name => present.ContainsKey(name.Value))
            .ToDictionary(name => name.Key, name => present[name.Value], StringComparer.Ordinal);
    }

    private void Note(object? sender, EventArgs change) => _changes.Writer.TryWrite(true);

    private async Task FollowAsync()
    {
        await foreach (bool _ in _changes.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (_isRetryDue)
            {
                _isRetryDue = false;
                _ports.Retry();
            }

            Dictionary<string, DatapathPort> places = Places();
            ScheduleRetry(places);
            // Whatever else has changed, such as a link's state, no translation depends on it.
            if (places.Count == _places.Count
                && places.All(place => _places.TryGetValue(place.Key, out DatapathPort? before) && IsSame(before, place.Value)))
                continue;
            Translators.Replace(On(places));
            Tell(_places, places);
            _places = places;
        }
    }

    /// <summary>Says which ports are there now and were not, or the other way round.</summary>
    private void Tell(Dictionary<string, DatapathPort> before, Dictionary<string, DatapathPort> now)
    {
        foreach (string port in _names.Keys)
        {
            DatapathPort? found = now.GetValueOrDefault(port);
            DatapathPort? last = before.GetValueOrDefault(port);
            if (found?.Number is { } number)
            {
                if (last is null || !IsSame(last, found))
                    _logger.PortThere(port, number, found.Mtu);
            }
            else if (before.Count == 0 || last?.Number is not null)
            {
                _logger.PortWaits(port, found?.Error ?? "it was removed from the datapath");
            }
        }
    }

    /// <summary>A port that waits is tried again when devices change, and ever more rarely by time.</summary>
    private void NoteRetry()
    {
        _isRetryDue = true;
        _changes.Writer.TryWrite(true);
    }

    private void ScheduleRetry(Dictionary<string, DatapathPort> places)
    {
        bool isAnyWaiting = places.Values.Any(port => port.Number == null);
        if (!isAnyWaiting)
            _backoff.Reset();
        _retryTimer.Change(isAnyWaiting ? _backoff.Next() : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private static bool IsSame(DatapathPort before, DatapathPort now) => before.Number == now.Number && before.Mtu == now.Mtu;
}
