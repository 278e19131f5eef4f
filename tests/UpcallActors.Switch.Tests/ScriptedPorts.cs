using UpcallActors.Odp;

namespace UpcallActors.Switch.Tests;

/// <summary>The ports of a datapath whose devices a test makes and takes away. Numbers are given out from 1 on, and kept.</summary>
internal sealed class ScriptedPorts : IDatapathPorts
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _devices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _refusals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (PortRequest? Request, uint Number)> _ports = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _quiet = new(StringComparer.Ordinal);
    private bool _isGone;

    public event EventHandler? Changed;

    /// <summary>A device appears, or has another MTU.</summary>
    public void SetDevice(string name, int mtu) => Change(() => _devices[name] = mtu);

    /// <summary>A device goes.</summary>
    public void RemoveDevice(string name) => Change(() => _devices.Remove(name));

    /// <summary>From now on a port is refused for a reason, or for none any more.</summary>
    public void Refuse(string name, string? reason) => Change(() => _refusals[name] = reason!);

    /// <summary>The same, and nobody is told.</summary>
    public void RefuseQuietly(string name, string? reason)
    {
        lock (_lock)
            _refusals[name] = reason!;
    }

    /// <summary>A device that was in something else's way has come without a word; <see cref="Retry"/> finds it.</summary>
    public void SetDeviceQuietly(string name, int mtu)
    {
        lock (_lock)
            _quiet[name] = mtu;
    }

    /// <summary>The datapath has a port that nobody has asked for in this run.</summary>
    public void Leave(string name) => Change(() => _ports[name] = (null, (uint)_ports.Count + 1));

    /// <summary>Somebody deletes the datapath.</summary>
    public void Delete() => Change(() => _isGone = true);

    /// <summary>Something has changed that concerns no port.</summary>
    public void Touch() => Change(() => { });

    public DatapathPort Add(PortRequest request)
    {
        lock (_lock)
        {
            if (_refusals.GetValueOrDefault(request.Name) is { } reason)
                throw new DatapathException(reason);
            string name = request.Kind == PortKind.Vxlan ? $"vxlan_sys_{request.DestinationPort}" : request.Interface ?? request.Name;
            if (request.Kind != PortKind.System)
                _devices.TryAdd(name, request.Kind == PortKind.Internal ? 1500 : 0);
            if (!_ports.TryGetValue(name, out (PortRequest? Request, uint Number) port))
                _ports[name] = port = (request, (uint)_ports.Count + 1);
            return Describe(name, port.Number);
        }
    }

    public void Retry()
    {
        lock (_lock)
        {
            foreach ((string name, int mtu) in _quiet)
                _devices[name] = mtu;
            _quiet.Clear();
        }
    }

    public bool Remove(string name)
    {
        lock (_lock)
            return _ports.Remove(name);
    }

    public IReadOnlyList<DatapathPort> List()
    {
        lock (_lock)
            return _isGone
                ? throw new DatapathException("datapath dp0 is gone")
                : [.. _ports.Select(port => Describe(port.Key, port.Value.Number))];
    }

    public void Dispose()
    {
    }

    private void Change(Action change)
    {
        lock (_lock)
            change();
        Changed?.Invoke(this, EventArgs.Empty);
    }

    private DatapathPort Describe(string name, uint number) => _devices.TryGetValue(name, out int mtu)
        ? new DatapathPort(number, name, OvsVportType.Netdev) { Mtu = mtu, IsUp = true }
        : new DatapathPort(null, name, OvsVportType.Netdev) { Error = "there is no such device" };
}
