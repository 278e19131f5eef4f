namespace UpcallActors.Embedded;

/// <summary>The ports of a datapath by number; used under its lock.</summary>
internal sealed class EmbeddedPortTable
{
    private readonly Dictionary<string, EmbeddedPort> _byName = new(StringComparer.Ordinal);
    private EmbeddedPort?[] _ports = new EmbeddedPort?[16];

    /// <summary>No number below is free, port 0 aside.</summary>
    private uint _firstFree = 1;

    public EmbeddedPort? Find(uint number) => number < (uint)_ports.Length ? _ports[number] : null;

    public EmbeddedPort? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Adds a port; false when its number or name is taken.</summary>
    public bool TryAdd(EmbeddedPort port)
    {
        if (Find(port.Number) is not null || Find(port.Name) is not null)
            return false;
        if (port.Number >= (uint)_ports.Length)
            Array.Resize(ref _ports, Math.Max((int)port.Number + 1, _ports.Length * 2));
        _ports[port.Number] = port;
        _byName.Add(port.Name, port);
        return true;
    }

    public void Remove(EmbeddedPort port)
    {
        _ports[port.Number] = null;
        _byName.Remove(port.Name);
        if (port.Number != 0)
            _firstFree = Math.Min(_firstFree, port.Number);
    }

    /// <summary>The lowest number that no port has, port 0 aside.</summary>
    public uint FirstFree()
    {
        while (Find(_firstFree) is not null)
            _firstFree++;
        return _firstFree;
    }

    /// <summary>All ports in order of number.</summary>
    public EmbeddedPort[] Snapshot() => [.. _ports.OfType<EmbeddedPort>()];
}
