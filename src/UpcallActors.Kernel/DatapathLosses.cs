namespace UpcallActors.Kernel;

/// <summary>Upcalls lost between the kernel's flow table and us since the datapath was opened, by what lost them.</summary>
/// <param name="SocketDrops">Found a handler's queue full, by handler.</param>
/// <param name="Unreachable"> Never came to one of our sockets: sent to a stale port id, too long (a frame over 65,531 bytes), or for lack
/// of memory. What the datapath counts as lost minus what the sockets dropped.
/// </param>
/// <param name="VportFailures">Failures by port number, where the kernel counts
/// them (6.3); they are among the above. Counted since the port was added.</param>
/// <param name="ForeignMessages">Messages on the handlers' sockets that did not come from the kernel. They are no upcalls.</param>
/// <param name="Registrations">How often the port ids were told the kernel anew because upcalls did not reach us.</param>
public sealed record DatapathLosses(
    IReadOnlyList<ulong> SocketDrops,
    ulong Unreachable,
    IReadOnlyDictionary<uint, ulong> VportFailures,
    long ForeignMessages,
    long Registrations);
