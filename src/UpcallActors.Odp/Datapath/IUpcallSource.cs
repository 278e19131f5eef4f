using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>The upcalls of one handler. Used by one thread.</summary>
public interface IUpcallSource : IDisposable
{
    /// <summary>A descriptor that polls readable while upcalls wait.</summary>
    int Descriptor { get; }

    /// <summary>The Netlink port id upcalls are sent to; 0 where the datapath has none. EXECUTE carries it as UPCALL_PID.</summary>
    uint UpcallPid { get; }

    /// <summary>Upcalls lost because the queue in front of this source was full; grows only.</summary>
    ulong Dropped { get; }

    /// <summary>
    /// Takes up to <paramref name="count"/> waiting upcalls into the slots from <paramref name="first"/> on, and returns how
    /// many; never waits. A message longer than a slot is cut and marked so.
    /// </summary>
    int Receive(MessageSlots slots, int first, int count);
}
