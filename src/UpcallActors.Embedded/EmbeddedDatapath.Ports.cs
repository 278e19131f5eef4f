namespace UpcallActors.Embedded;

/// <content>The datapath's ports.</content>
public sealed partial class EmbeddedDatapath
{
    /// <summary>The ports as they are now, in order of number.</summary>
    public IReadOnlyList<EmbeddedPort> Ports
    {
        get
        {
            lock (_lock)
                return _processor.Ports.Snapshot();
        }
    }

    /// <summary>Adds a port. Throws <see cref="ArgumentException"/> when its number or name is taken.</summary>
    public void AddPort(EmbeddedPort port)
    {
        lock (_lock)
        {
            if (!_processor.Ports.TryAdd(port))
                throw new ArgumentException($"Port {port.Number} ({port.Name}): number or name is taken.", nameof(port));
            port.Drops = Counters;
        }
    }

    /// <summary>The port of a name; null when there is none.</summary>
    internal EmbeddedPort? FindPort(string name)
    {
        lock (_lock)
            return _processor.Ports.Find(name);
    }

    /// <summary>Takes a port out; false when it is not this datapath's. Nothing is sent to its output from then on.</summary>
    public bool RemovePort(EmbeddedPort port)
    {
        lock (_lock)
        {
            if (_processor.Ports.Find(port.Number) != port)
                return false;
            _processor.FlushOutputs();
            _processor.Ports.Remove(port);
            return true;
        }
    }

    /// <summary>
    /// Adds a port that <paramref name="make"/> makes for the number that it
    /// gets: the wished one if that is free. Null when the name is taken.
    /// </summary>
    internal EmbeddedPort? AddNumbered(uint? wish, Func<uint, EmbeddedPort> make)
    {
        lock (_lock)
        {
            uint number = wish is { } wished && _processor.Ports.Find(wished) is null ? wished : _processor.Ports.FirstFree();
            EmbeddedPort port = make(number);
            port.Drops = Counters;
            return _processor.Ports.TryAdd(port) ? port : null;
        }
    }
}
