namespace UpcallActors.Odp;

/// <summary>
/// The ports of a datapath while a daemon runs: it adds those of its configuration, and follows devices that come, go and
/// change. Thread-safe. Disposing stops following; the ports stay in the datapath.
/// </summary>
public interface IDatapathPorts : IDisposable
{
    /// <summary>
    /// Something of what <see cref="List"/> returns has changed: a port, a device's MTU or state; or of a device whose port was refused.
    /// Raised on a thread of the ports' own, which it must not hold up; one event may stand for several changes.
    /// </summary>
    event EventHandler? Changed;

    /// <summary>
    /// Adds a port, or takes over the one that is in the datapath already, with its number. A system port whose device does not exist, or
    /// is a port of something else, is no error: it is returned without a number, and is added when the device is free. Throws
    /// <see cref="DatapathException"/> when the datapath refuses, or the name is another kind of port.
    /// </summary>
    DatapathPort Add(PortRequest request);

    /// <summary>
    /// Tries again now to add the ports that wait: not everything that may be in a port's way tells when it has gone. What came of it is
    /// in <see cref="List"/>.
    /// </summary>
    void Retry();

    /// <summary>
    /// Takes a port out of the datapath by <see cref="DatapathPort.Name"/>, or forgets one that waits; a tunnel's or internal port's device
    /// goes with it. False when there is none. Throws <see cref="DatapathException"/> when the datapath refuses.
    /// </summary>
    bool Remove(string name);

    /// <summary>
    /// All ports of the datapath, including those of earlier runs and those that wait. Ordered by number, waiting ones last by name. Throws
    /// <see cref="DatapathException"/> when the datapath is gone.
    /// </summary>
    IReadOnlyList<DatapathPort> List();
}
