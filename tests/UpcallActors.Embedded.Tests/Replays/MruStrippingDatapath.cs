using System.Buffers.Binary;
using UpcallActors.Netlink;
using UpcallActors.Odp;

namespace UpcallActors.Embedded.Tests.Replays;

/// <summary>A datapath whose upcalls have lost their MRU: its attribute is given a type that nobody knows.</summary>
public sealed class MruStrippingDatapath(IDatapath inner) : IDatapath
{
    private const ushort UnknownAttribute = 63;

    public string Name => inner.Name;

    public int IfIndex => inner.IfIndex;

    public OvsFamilies Families => inner.Families;

    public int HandlerCount => inner.HandlerCount;

    public long Milliseconds => inner.Milliseconds;

    public IConntrack? Conntrack => inner.Conntrack;

    public DatapathSupport Support => inner.Support;

    public uint UserspacePid(uint inPort) => inner.UserspacePid(inPort);

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
                Strip(slots.Message(slot));
            return received;
        }

        public void Dispose() => inner.Dispose();

        private static void Strip(Span<byte> upcall)
        {
            Span<byte> attributes = upcall[OvsHeader.AttributesOffset..];
            foreach (NetlinkAttribute attribute in new NetlinkAttributes(attributes))
            {
                if (attribute.Type == OvsPacketAttribute.Mru)
                    BinaryPrimitives.WriteUInt16LittleEndian(attributes[(attribute.Offset + 2)..], UnknownAttribute);
            }
        }
    }
}
