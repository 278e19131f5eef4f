using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Daemon.Tests.Control;

/// <summary>A datapath that changes while it is dumped, some times or always, and tells so as a kernel does (NLM_F_DUMP_INTR).</summary>
internal sealed class InterruptedDumps(IDatapath inner, int times) : DatapathDecorator(inner)
{
    /// <summary>Dumps that have ended.</summary>
    public int Ended { get; private set; }

    private bool IsInterrupted => Ended < times;

    /// <summary>With what dumps fail when they have shown all; none to let them end well.</summary>
    public Errno Failure { get; init; }

    public override IRequestChannel OpenRequests() => new Channel(this, base.OpenRequests());

    private sealed class Channel(InterruptedDumps all, IRequestChannel inner) : IRequestChannel
    {
        public int SendLimit => inner.SendLimit;

        public Errno Send(SendVector requests) => inner.Send(requests);

        public int Receive(Span<byte> answer)
        {
            int length = inner.Receive(answer);
            Span<byte> rest = answer[..Math.Max(0, length)];
            while (NetlinkMessage.TryRead(rest, out NetlinkMessage message, out int consumed) == NetlinkParseError.None)
            {
                if ((message.Flags & NetlinkFlags.Multi) != 0)
                    Change(rest, message);
                rest = rest[consumed..];
            }

            return length;
        }

        public void Dispose() => inner.Dispose();

        private void Change(Span<byte> bytes, NetlinkMessage message)
        {
            ushort flags = (ushort)(message.Flags | (all.IsInterrupted ? NetlinkFlags.DumpInterrupted : NetlinkFlags.None));
            BinaryPrimitives.WriteUInt16LittleEndian(bytes[NetlinkMessage.FlagsOffset..], flags);
            if (message.Type != NetlinkControlType.Done)
                return;
            all.Ended++;
            if (all.Failure != Errno.None)
                BinaryPrimitives.WriteInt32LittleEndian(bytes[NetlinkMessage.HeaderLength..], -(int)all.Failure);
        }
    }
}
