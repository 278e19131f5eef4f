namespace UpcallActors.Odp;

/// <summary>
/// The one seam to a datapath, the kernel's or the embedded one: requests go down, upcalls and answers come up, both as Netlink messages in
/// memory. Its users never ask which kind it is. Thread-safe; the sources and channels it opens belong to one thread each.
/// </summary>
public interface IDatapath : IDisposable
{
    /// <summary>The datapath's name, such as <c>ovs-system</c>.</summary>
    string Name { get; }

    /// <summary>The kind of datapath, for people: <c>system</c> for the kernel's, as Open vSwitch calls it.</summary>
    string Type { get; }

    /// <summary>Type and name, as Open vSwitch writes them: <c>system@ovs-system</c>.</summary>
    string FullName => $"{Type}@{Name}";

    /// <summary><c>dp_ifindex</c> of every request's <c>ovs_header</c>.</summary>
    int IfIndex { get; }

    /// <summary>The generic-netlink family ids to address requests to.</summary>
    OvsFamilies Families { get; }

    /// <summary>How many handlers upcalls are spread over; set when the datapath was opened.</summary>
    int HandlerCount { get; }

    /// <summary>How upcalls are spread over the handlers.</summary>
    DispatchMode Dispatch { get; }

    /// <summary>Whether the datapath stays, with its ports and flows, after <see cref="IDisposable.Dispose"/>.</summary>
    bool StaysWhenClosed { get; }

    /// <summary>The connections it tracks; null where it cannot be asked for them.</summary>
    IConntrack? Conntrack { get; }

    /// <summary>
    /// The clock by which flows say when they were used last (<see cref="FlowMessage.Used"/>),
    /// in milliseconds. With the kernel that is CLOCK_MONOTONIC.
    /// </summary>
    long Milliseconds => Environment.TickCount64;

    /// <summary>
    /// Every cause for which it drops packets, with how many; empty for the kernel's, which tells by its <c>kfree_skb</c> tracepoint.
    /// </summary>
    IReadOnlyList<DatapathDrop> Drops => [];

    /// <summary>What it can do, found out when it was opened.</summary>
    DatapathSupport Support { get; }

    /// <summary>
    /// Fails with a <see cref="DatapathException"/> that says why when the datapath is not ours any more, within about a second: another
    /// process that lives has taken it over, or it was deleted. The owner should close then, and leave ports and flows alone. Does not
    /// end otherwise.
    /// </summary>
    Task Lost { get; }

    /// <summary>What was lost in front of the handlers, asked for now.</summary>
    DatapathLosses Losses { get; }

    /// <summary>
    /// Upcalls that it could not deliver though no source's queue was full (<see cref="IUpcallSource.Dropped"/> counts those): there was no
    /// listener, or they were too long. Grows only, and is readable after disposal; with the kernel it is as of the last look, at most a
    /// second old.
    /// </summary>
    long UnreachableUpcalls => 0;

    /// <summary>Whether it sends upcalls to handlers of ours, as it says now; false, too, when it does not answer.</summary>
    bool SendsUpcallsHere();

    /// <summary>Looks whether the datapath is still ours, and throws what <see cref="Lost"/> fails with when it is not.</summary>
    void ThrowIfLost();

    /// <summary>
    /// Deletes the datapath with its ports and flows; disposing is what remains to be done. Throws <see cref="DatapathException"/> when
    /// that is refused, or when the datapath is not ours any more.
    /// </summary>
    void Delete();

    /// <summary>
    /// The Netlink port id for USERSPACE actions in flows of a port: that of one of the handlers,
    /// chosen by the port; or <see cref="uint.MaxValue"/> where the datapath itself chooses by the CPU.
    /// </summary>
    uint UserspacePid(uint inPort);

    /// <summary>Opens the upcalls of a handler, 0 up to <see cref="HandlerCount"/>. The caller disposes the source.</summary>
    IUpcallSource OpenUpcalls(int handler);

    /// <summary>Opens a channel for requests. The caller disposes it.</summary>
    IRequestChannel OpenRequests();
}
