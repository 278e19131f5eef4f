using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Daemon.Switching;

/// <summary>
/// The bridges of a configuration on a datapath whose devices come, go and change. What the configuration asks for is added to the datapath, and again
/// when it was refused; whenever the ports change, translators get bridges with their numbers and MTUs as they are then. Disposing stops following.
/// </summary>
internal sealed class LiveSwitch : IAsyncDisposable
{
    private readonly IDatapathPorts _ports;
    private readonly SwitchBridges _bridges;
    private readonly SwitchPorts _wanted;
    private readonly ILogger _logger;
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Dictionary<string, PortPlace> _places;

    private LiveSwitch(DaemonOptions options, IDatapath datapath, IDatapathPorts ports, ILogger logger)
    {
        _ports = ports;
        _logger = logger;
        _bridges = new SwitchBridges(options.Bridges);
        _wanted = new SwitchPorts(options.Bridges, logger);
        // Before the ports are looked at, so that no change falls between.
        _ports.Changed += Note;
        _wanted.Add(ports);
        RemoveOthers(datapath.Name);
        _places = _wanted.Places(ports.List());
        Translators = new OpenFlowTranslatorFactory(
            _bridges.On(_places), support: new OdpSupport { CheckPktLen = datapath.Support.CheckPktLen, UserspacePid = datapath.UserspacePid });
        Completion = FollowAsync();
    }

    /// <summary>Who decides about upcalls, by the bridges as they are at the moment.</summary>
    public OpenFlowTranslatorFactory Translators { get; }

    /// <summary>Ends when the ports cannot be followed any more, with the failure: the datapath is gone. Ends well after <see cref="DisposeAsync"/>.</summary>
    public Task Completion { get; }

    /// <summary>
    /// Adds the ports and begins to follow them. Throws <see cref="DatapathException"/> when none can be added, or the datapath is gone.
    /// </summary>
    public static LiveSwitch Start(DaemonOptions options, IDatapath datapath, IDatapathPorts ports, ILogger logger) => new(options, datapath, ports, logger);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _ports.Changed -= Note;
        _changes.Writer.TryComplete();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// Takes out what an earlier run with another configuration left, as ovs-vswitchd does (<c>open_dpif_backer</c> in ofproto-dpif.c). What
    /// others add later is theirs.
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

    private async Task FollowAsync()
    {
        await foreach (bool _ in _changes.Reader.ReadAllAsync().ConfigureAwait(false))
            Follow();
    }

    private void Follow()
    {
        _wanted.Retry(_ports);
        Dictionary<string, PortPlace> places = _wanted.Places(_ports.List());
        // Whatever else has changed, such as a link's state, no translation depends on it.
        if (places.Count == _places.Count && places.All(place => _places.TryGetValue(place.Key, out PortPlace before) && before == place.Value))
            return;
        Translators.Replace(_bridges.On(places));
        _places = places;
    }
}
