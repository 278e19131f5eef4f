using UpcallActors.Netlink;
using UpcallActors.Odp;

namespace UpcallActors.Embedded.Tests.Replays;

/// <summary>A datapath whose upcalls are kept as they pass, with the datapath's time.</summary>
public sealed class UpcallTap(EmbeddedDatapath inner) : IDatapath
{
    public List<(long Microseconds, byte[] Message)> Upcalls { get; } = [];

    public string Name => inner.Name;

    public int IfIndex => inner.IfIndex;

    public OvsFamilies Families => inner.Families;

    public int HandlerCount => inner.HandlerCount;

    public long Milliseconds => inner.Milliseconds;

    public IConntrack? Conntrack => inner.Conntrack;

    public DatapathSupport Support => inner.Support;

    public uint UserspacePid(uint inPort) => inner.UserspacePid(inPort);

    public IUpcallSource OpenUpcalls(int handler) => new Source(inner.OpenUpcalls(handler), this, inner.Clock);

    public IRequestChannel OpenRequests() => inner.OpenRequests();

    public void Dispose() => inner.Dispose();

    private sealed class Source(IUpcallSource source, UpcallTap tap, DatapathClock clock) : IUpcallSource
    {
        public int Descriptor => source.Descriptor;

        public uint UpcallPid => source.UpcallPid;

        public ulong Dropped => source.Dropped;

        public int Receive(MessageSlots slots, int first, int count)
        {
            int received = source.Receive(slots, first, count);
            for (int slot = first; slot < first + received; slot++)
                tap.Upcalls.Add((clock.Microseconds, slots.Message(slot).ToArray()));
            return received;
        }

        public void Dispose() => source.Dispose();
    }
}
