namespace UpcallActors.Odp;

/// <summary>Upcalls lost between a datapath's flow table and its handlers since it was opened, by what lost them.</summary>
/// <param name="QueueDrops">Found a handler's queue full, by handler.</param>
/// <param name="Unreachable">
/// Never came to a queue of ours: sent to a stale port id (no socket has it), too long (a frame over 65,531 bytes), or for lack of memory.
/// With the kernel that is what the datapath counts as lost minus what the sockets dropped.
/// </param>
/// <param name="VportFailures">
/// Failures by port number, where the kernel counts them (6.3); they are among the above. Counted since the port was added.
/// </param>
/// <param name="ForeignMessages">Messages on the handlers' sockets that did not come from the kernel. They are no upcalls.</param>
/// <param name="Registrations">How often the kernel was told the port ids anew because upcalls did not reach us.</param>
public sealed record DatapathLosses(
    IReadOnlyList<ulong> QueueDrops,
    ulong Unreachable,
    IReadOnlyDictionary<uint, ulong> VportFailures,
    long ForeignMessages,
    long Registrations);
