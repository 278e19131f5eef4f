using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Tests;

/// <summary>A datapath whose upcalls have lost their MRU: its attribute is given a type that nobody knows.</summary>
internal sealed class MruStrippingDatapath(IDatapath inner) : DatapathDecorator(inner)
{
    private const ushort UnknownAttribute = 63;

    public override IUpcallSource OpenUpcalls(int handler) => new Source(base.OpenUpcalls(handler));

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
