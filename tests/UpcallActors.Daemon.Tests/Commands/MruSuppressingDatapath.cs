using UpcallActors.Netlink;
using UpcallActors.Odp;

namespace UpcallActors.Daemon.Tests.Commands;

/// <summary>A datapath whose upcalls arrive without their MRU, as in a slow path that forgets it.</summary>
internal sealed class MruSuppressingDatapath(IDatapath inner) : IDatapath
{
    public string Name => inner.Name;

    public int IfIndex => inner.IfIndex;

    public OvsFamilies Families => inner.Families;

    public int HandlerCount => inner.HandlerCount;

    public IUpcallSource OpenUpcalls(int handler) => new Source(inner.OpenUpcalls(handler));

    public IRequestChannel OpenRequests() => inner.OpenRequests();

    public void Dispose() => inner.Dispose();

    private sealed class Source(IUpcallSource inner) : IUpcallSource
    {
        public int Descriptor => inner.Descriptor;

        public uint UpcallPid => inner.UpcallPid;

        public ulong Dropped => inner.Dropped;

        public int Receive(MessageSlots slots, int first, int count)
        {
            int received = inner.Receive(slots, first, count);
            for (int slot = first; slot < first + received; slot++)
                Suppress(slots.Message(slot)[OvsHeader.AttributesOffset..]);
            return received;
        }

        public void Dispose() => inner.Dispose();

        /// <summary>An MRU of 0 is none, to the kernel and to us.</summary>
        private static void Suppress(Span<byte> attributes)
        {
            foreach (NetlinkAttribute attribute in new NetlinkAttributes(attributes))
            {
                if (attribute.Type == OvsPacketAttribute.Mru)
                    attributes.Slice(attribute.PayloadOffset, attribute.Payload.Length).Clear();
            }
        }
    }
}
