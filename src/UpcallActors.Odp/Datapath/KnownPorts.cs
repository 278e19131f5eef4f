using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>
/// The ports of a datapath as they were seen last. An implementation of <see cref="IDatapathPorts"/> tells by it what is a change, at a
/// cost that does not grow with the ports. Counters are left out: they change with every packet. Single owner.
/// </summary>
internal sealed class KnownPorts
{
    private readonly Dictionary<uint, DatapathPort> _byNumber = [];
    private readonly Dictionary<string, uint> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<int, uint> _byIndex = [];

    /// <summary>The number of a port; null when none of that name is known.</summary>
    public uint? NumberOf(string name) => _byName.TryGetValue(name, out uint number) ? number : null;

    /// <summary>Takes note of all ports, each of which has a number; whether they are others than before.</summary>
    public bool Replace(IReadOnlyCollection<DatapathPort> ports)
    {
        if (ports.Count == _byNumber.Count && ports.All(IsKnown))
            return false;
        _byNumber.Clear();
        _byName.Clear();
        _byIndex.Clear();
        foreach (DatapathPort port in ports)
            Note(port);
        return true;
    }

    /// <summary>Takes note of one port, which has a number.</summary>
    public void Note(DatapathPort port)
    {
        uint number = port.Number!.Value;
        Forget(number);
        Forget(port.Name);
        _byNumber[number] = WithoutCounters(port);
        _byName[port.Name] = number;
        if (port.IfIndex != 0)
            _byIndex[port.IfIndex] = number;
    }

    /// <summary>A port is not there any more.</summary>
    public void Forget(string name)
    {
        if (_byName.TryGetValue(name, out uint number))
            Forget(number);
    }

    /// <summary>Whether a message about a device tells something new of a port, or is about a device that is watched.</summary>
    public bool IsNews(Link link, bool isDeleted, IReadOnlySet<string> watched)
    {
        if (!_byIndex.TryGetValue(link.Index, out uint number))
            return watched.Contains(link.Name) || _byName.ContainsKey(link.Name);
        DatapathPort port = _byNumber[number];
        return isDeleted || port.Name != link.Name || port.Mtu != link.Mtu || port.IsUp != link.IsUp || port.IsAdminUp != link.IsAdminUp
            || port.Address != link.Address;
    }

    /// <summary>Whether a message about a port tells something new.</summary>
    public bool IsNews(VportMessage vport) => vport.Command == OvsCommand.Delete
        ? vport.PortNo is not { } deleted || _byNumber.ContainsKey(deleted)
        : vport.PortNo is not { } number || !_byNumber.TryGetValue(number, out DatapathPort? port) || port.Name != vport.Name;

    /// <summary>Whether each of these devices is a port.</summary>
    public bool HasAll(IReadOnlySet<string> devices) => devices.All(_byName.ContainsKey);

    private static DatapathPort WithoutCounters(DatapathPort port) => port with { Statistics = null };

    private bool IsKnown(DatapathPort port) =>
        _byNumber.TryGetValue(port.Number!.Value, out DatapathPort? known) && known == WithoutCounters(port);

    private void Forget(uint number)
    {
        if (!_byNumber.Remove(number, out DatapathPort? port))
            return;
        if (_byName.TryGetValue(port.Name, out uint named) && named == number)
            _byName.Remove(port.Name);
        if (_byIndex.TryGetValue(port.IfIndex, out uint behind) && behind == number)
            _byIndex.Remove(port.IfIndex);
    }
}
