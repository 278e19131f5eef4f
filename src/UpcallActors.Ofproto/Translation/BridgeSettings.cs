using System.Collections.Frozen;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// What clients have said of a bridge and its ports, besides flows (<c>OFPT_SET_CONFIG</c>, <c>OFPT_PORT_MOD</c>). It goes on from one
/// <see cref="Bridge"/> to the next, as the tables do; what was said of a port goes with the port. Thread-safe; readers never wait.
/// </summary>
internal sealed class BridgeSettings
{
    private readonly Lock _writer = new();
    private Dictionary<uint, KnownPort> _ports = [];
    private SettingsSnapshot _current = SettingsSnapshot.Default;
    private ulong _changes;

    /// <summary>Raised after <see cref="Current"/> has become another, on the thread that made it so.</summary>
    public event EventHandler? Changed;

    /// <summary>All of it, as it is now.</summary>
    public SettingsSnapshot Current => Volatile.Read(ref _current);

    /// <summary>How often ports were set up or down: who looks at devices takes note of it before (<see cref="Follow"/>).</summary>
    public ulong Changes => Volatile.Read(ref _changes);

    /// <summary>
    /// Says something of a port. A device that is to be up or down was set so before (<see cref="PortConfig.PortDown"/>). False when the
    /// bridge has no such port.
    /// </summary>
    /// <param name="port">Its OpenFlow number.</param>
    /// <param name="config">What holds from now on.</param>
    /// <param name="mask">Of what is spoken; the rest stays.</param>
    public bool TrySet(uint port, PortConfig config, PortConfig mask)
    {
        bool isOther;
        lock (_writer)
        {
            if (!_ports.TryGetValue(port, out KnownPort? known))
                return false;
            known = known with { Config = (known.Config & ~mask) | (config & mask) };
            _ports[port] = (mask & PortConfig.PortDown) == 0 ? known : known with { SetAt = ++_changes };
            isOther = Publish(_current.Fragments);
        }

        Tell(isOther);
        return true;
    }

    /// <summary>Says how fragments are looked up.</summary>
    public void Set(FragmentHandling fragments)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)fragments, (int)FragmentHandling.Reassemble);
        bool isOther;
        lock (_writer)
            isOther = Publish(fragments);
        Tell(isOther);
    }

    /// <summary>
    /// Takes note of the ports that the bridge has: what was said of others is forgotten, of a new one nothing was said yet. Whether a
    /// device is down holds unless a client has set its port since the look.
    /// </summary>
    /// <param name="present">The ports.</param>
    /// <param name="looked"><see cref="Changes"/> before they were looked at.</param>
    public void Follow(IEnumerable<PresentPort> present, ulong looked)
    {
        bool isOther;
        lock (_writer)
        {
            var ports = new Dictionary<uint, KnownPort>(_ports.Count);
            foreach (PresentPort port in present)
            {
                if (!_ports.TryGetValue(port.Number, out KnownPort? known) || known.Name != port.Name || known.Request != port.Request)
                    known = new KnownPort(port.Name, port.Request, PortConfig.None, SetAt: 0);
                ports[port.Number] = known.SetAt > looked
                    ? known
                    : known with
                    {
                        Config = (known.Config & ~PortConfig.PortDown) | (port.IsDown ? PortConfig.PortDown : PortConfig.None),
                    };
            }

            _ports = ports;
            isOther = Publish(_current.Fragments);
        }

        Tell(isOther);
    }

    /// <summary>Under the lock; whether it is other than before.</summary>
    private bool Publish(FragmentHandling fragments)
    {
        KeyValuePair<uint, PortConfig>[] said =
        [
            .. _ports.Where(port => port.Value.Config != PortConfig.None)
                .Select(port => KeyValuePair.Create(port.Key, port.Value.Config)),
        ];
        if (fragments == _current.Fragments && said.Length == _current.Ports.Count
            && said.All(port => _current.ConfigOf(port.Key) == port.Value))
            return false;
        Volatile.Write(ref _current, new SettingsSnapshot(fragments, said.ToFrozenDictionary()));
        return true;
    }

    private void Tell(bool isOther)
    {
        if (isOther)
            Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <param name="Name">The interface's name.</param>
    /// <param name="Request">What the datapath has been asked for: by another request it is another port.</param>
    /// <param name="Config">What was said of it.</param>
    /// <param name="SetAt">Which of <see cref="Changes"/> was the last of its own; 0 for none.</param>
    private sealed record KnownPort(string Name, PortRequest Request, PortConfig Config, ulong SetAt);
}

/// <summary>A port that is in the datapath.</summary>
/// <param name="Number">Its OpenFlow number.</param>
/// <param name="Name">The interface's name.</param>
/// <param name="Request">What the datapath was asked for.</param>
/// <param name="IsDown">Whether its device is down (<c>IFF_UP</c>).</param>
internal readonly record struct PresentPort(uint Number, string Name, PortRequest Request, bool IsDown);
