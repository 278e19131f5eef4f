using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded.Tests.Replays;

/// <summary>A datapath whose upcalls are kept as they pass, with the datapath's time.</summary>
internal sealed class UpcallTap(EmbeddedDatapath inner) : DatapathDecorator(inner)
{
    private readonly DatapathClock _clock = inner.Clock;

    public List<(long Microseconds, byte[] Message)> Upcalls { get; } = [];

    public override IUpcallSource OpenUpcalls(int handler) => new Source(base.OpenUpcalls(handler), this, _clock);

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
