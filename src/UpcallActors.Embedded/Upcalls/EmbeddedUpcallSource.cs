using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <summary>The reading end of a handler's <see cref="UpcallQueue"/>. Disposing it leaves the queue to the datapath.</summary>
internal sealed class EmbeddedUpcallSource(UpcallQueue queue, uint upcallPid) : IUpcallSource
{
    public int Descriptor => queue.Descriptor;

    public uint UpcallPid => upcallPid;

    public ulong Dropped => queue.Dropped;

    public int Receive(MessageSlots slots, int first, int count) => queue.Receive(slots, first, count);

    public void Dispose()
    {
        // The queue belongs to the datapath and goes with it.
    }
}
