using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// Lets a standalone bridge forward by itself while none of its controllers is there (<c>fail-open.c</c>): after three times the longest
/// probe it forgets their flows and learns addresses, by a hidden rule, until one has come back. Its bridge's.
/// </summary>
internal sealed class FailOpen(ServedBridge bridge)
{
    /// <summary><c>FAIL_OPEN_PRIORITY</c>.</summary>
    private const int Priority = 0xf0f0f0;
    private const int Probes = 3;

    private static readonly ActionList _normal = ActionList.Of(OutputAction.To(OpenFlowPorts.Normal));

    private readonly HashSet<string> _connected = new(StringComparer.Ordinal);
    private long _lastConnected = bridge.Now;
    private bool _isOpen;

    /// <summary>How long until it may have something to do; null if there is nothing.</summary>
    public TimeSpan? Wait => _isOpen || !IsWanted || _connected.Count > 0 ? null : Limit - bridge.AgeOf(_lastConnected);

    private static ChangeOrigin Origin => new(ChangeSource.FailOpen);

    private IEnumerable<ControllerConfiguration> Primaries => bridge.View.Configuration.Controllers
        .Where(one => ConnectionTarget.TryParse(one.Target, out ConnectionTarget? target) && target.IsActive);

    private bool IsWanted => bridge.View.Configuration.FailMode == FailMode.Standalone && Primaries.Any();

    private TimeSpan Limit => Primaries.Max(one => one.InactivityProbe) * Probes;

    /// <summary>A controller was reached, or is so no more.</summary>
    public void Note(ControllerState state)
    {
        if (_connected.Count > 0)
            _lastConnected = bridge.Now;
        if (state.IsConnected)
            _connected.Add(state.Target);
        else
            _connected.Remove(state.Target);
    }

    /// <summary>All connections have ended, and nobody told of each.</summary>
    public void NoteAllGone()
    {
        if (_connected.Count > 0)
            _lastConnected = bridge.Now;
        _connected.Clear();
    }

    /// <summary>A controller speaks: the bridge is its again.</summary>
    public void Recover()
    {
        if (!_isOpen)
            return;
        _isOpen = false;
        using TableTransaction transaction = bridge.Tables.Begin(Origin);
        transaction.DeleteOwn(Priority, Match.Any);
        transaction.Commit();
    }

    /// <summary>Opens the bridge if it is time, and closes it if it is not standalone any more.</summary>
    public void Run()
    {
        if (_isOpen && !IsWanted)
            Recover();
        if (Wait is not { } left || left > TimeSpan.Zero)
            return;
        _isOpen = true;
        using TableTransaction transaction = bridge.Tables.Begin(Origin);
        transaction.Flush();
        transaction.AddOwn(Priority, Match.Any, _normal);
        transaction.Commit();
    }
}
