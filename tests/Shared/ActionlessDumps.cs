using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Tests;

/// <summary>
/// A datapath whose dumps leave the actions of flows out, as the kernel's do of one whose actions do not fit into a part of a dump
/// (<c>ovs_flow_cmd_fill_actions</c>). Asked for by itself, each flow has them.
/// </summary>
internal sealed class ActionlessDumps(IDatapath inner) : DatapathDecorator(inner)
{
    public override IRequestChannel OpenRequests() => new Channel(base.OpenRequests());

    private sealed class Channel(IRequestChannel inner) : IRequestChannel
    {
        public int SendLimit => inner.SendLimit;

        public Errno Send(SendVector requests) => inner.Send(requests);

        public int Receive(Span<byte> answer)
        {
            int length = inner.Receive(answer);
            int written = 0;
            ReadOnlySpan<byte> rest = answer[..length].ToArray();
            while (NetlinkMessage.TryRead(rest, out NetlinkMessage message, out int consumed) == NetlinkParseError.None)
            {
                rest = rest[consumed..];
                ReadOnlySpan<byte> left = message.Bytes[..LengthWithoutActions(message)];
                left.CopyTo(answer[written..]);
                BinaryPrimitives.WriteInt32LittleEndian(answer[written..], left.Length);
                written += NetlinkAlignment.Align(left.Length);
            }

            return written;
        }

        public void Dispose() => inner.Dispose();

        /// <summary>They are the last attribute.</summary>
        private static int LengthWithoutActions(NetlinkMessage message) =>
            (message.Flags & NetlinkFlags.Multi) != 0
            && FlowMessage.TryParse(message.Bytes, out FlowMessage flow) == OdpParseError.None
            && flow.Actions.IsPresent
                ? flow.Actions.Offset - NetlinkAttribute.HeaderLength
                : message.Length;
    }
}
