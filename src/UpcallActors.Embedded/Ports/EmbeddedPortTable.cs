namespace UpcallActors.Embedded;

/// <summary>The ports of a datapath by number; used under its lock.</summary>
internal sealed class EmbeddedPortTable
{
    private EmbeddedPort?[] _ports = new EmbeddedPort?[16];

    public EmbeddedPort? Find(uint number) => number < (uint)_ports.Length ? _ports[number] : null;

    public EmbeddedPort? Find(ReadOnlySpan<char> name)
    {
        foreach (EmbeddedPort? port in _ports)
        {
            if (port is not null && name.SequenceEqual(port.Name))
                return port;
        }

        return null;
    }

    /// <summary>Adds a port; false when its number or name is taken.</summary>
    public bool TryAdd(EmbeddedPort port)
    {
        if (Find(port.Number) is not null || Find(port.Name) is not null)
            return false;
        if (port.Number >= (uint)_ports.Length)
            Array.Resize(ref _ports, Math.Max((int)port.Number + 1, _ports.Length * 2));
        _ports[port.Number] = port;
        return true;
    }

    public void Remove(EmbeddedPort port) => _ports[port.Number] = null;

    /// <summary>The lowest number that no port has, port 0 aside.</summary>
    public uint FirstFree()
    {
        uint number = 1;
        while (Find(number) is not null)
            number++;
        return number;
    }

    /// <summary>All ports in order of number.</summary>
    public EmbeddedPort[] Snapshot() => [.. _ports.OfType<EmbeddedPort>()];
}
