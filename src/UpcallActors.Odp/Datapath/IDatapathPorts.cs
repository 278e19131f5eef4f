using System.Collections.Frozen;

namespace UpcallActors.Odp;

/// <summary>
/// The ports of a datapath: adds and removes them when it is told to, and says when a port or a device has changed. It does not know
/// what is wanted, and adds nothing of its own accord. Thread-safe. Disposing stops following; the ports stay in the datapath.
/// </summary>
public interface IDatapathPorts : IDisposable
{
    /// <summary>
    /// Something of what <see cref="List"/> returns has changed: a port, a device's MTU or state; or a device that is watched
    /// (<see cref="Watch"/>) and no port. Raised on a thread of the ports' own, which it must not hold up; one event may stand for
    /// several changes.
    /// </summary>
    event EventHandler? Changed;

    /// <summary>
    /// Adds a port, or takes over the one that is in the datapath already, with its number. A system port whose device does not exist, or
    /// is a port of something else, is no error: it is returned without number and with the reason, and is not added. Throws <see
    /// cref="DatapathException"/> when the datapath refuses, or the name is another kind of port.
    /// </summary>
    /// <param name="request">The port.</param>
    /// <param name="number">The number that it had before, which it gets if that is free; null for any.</param>
    DatapathPort Add(PortRequest request, uint? number = null);

    /// <summary>Devices by their names that may become ports: <see cref="Changed"/> is raised for these, too, from now on.</summary>
    void Watch(IReadOnlySet<string> devices);

    /// <summary>
    /// Takes a port out of the datapath by <see cref="DatapathPort.Name"/>; a tunnel's or internal port's device goes with it. False when
    /// there is none. Throws <see cref="DatapathException"/> when the datapath refuses.
    /// </summary>
    bool Remove(string name);

    /// <summary>
    /// Changes a port's device, by <see cref="DatapathPort.Name"/>; <see cref="Changed"/> tells of it. Throws
    /// <see cref="DatapathException"/> when there is no such port, when it has no device of its own in the host, and when the host
    /// refuses.
    /// </summary>
    void Set(string name, DeviceSettings settings);

    /// <summary>
    /// What the host counts of its devices, by their indexes (<see cref="DatapathPort.IfIndex"/>); empty when it does not say.
    /// </summary>
    IReadOnlyDictionary<int, DeviceCounters> CountDevices() => FrozenDictionary<int, DeviceCounters>.Empty;

    /// <summary>
    /// All ports of the datapath, also those that nobody added in this run, by number. Throws <see cref="DatapathException"/> when the
    /// datapath is gone.
    /// </summary>
    IReadOnlyList<DatapathPort> List();
}
