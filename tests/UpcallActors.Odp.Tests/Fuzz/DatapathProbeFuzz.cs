using System.Buffers.Binary;
using UpcallActors.Linux;

namespace UpcallActors.Odp.Tests.Fuzz;

/// <summary>Fuzz target: a datapath that answers every request of the probe with the same bytes.</summary>
internal static class DatapathProbeFuzz
{
    private static readonly OvsFamilies Families = new(32, 33, 34, 35, 36, 37);

    public static DatapathSupport Run(ReadOnlySpan<byte> input)
    {
        using var client = new DatapathClient(new Channel(input.ToArray()));
        return DatapathProbe.Run(client, Families, ifIndex: 7);
    }

    /// <summary>Answers have the request's number, or nobody would look at them.</summary>
    private sealed class Channel(byte[] answer) : IRequestChannel
    {
        private bool _isWaiting;

        public int SendLimit => 1 << 20;

        public Errno Send(SendVector requests)
        {
            if (answer.Length >= NetlinkMessage.HeaderLength)
                requests[0].Slice(NetlinkMessage.SequenceOffset, sizeof(uint)).CopyTo(answer.AsSpan(NetlinkMessage.SequenceOffset));
            _isWaiting = true;
            return BinaryPrimitives.ReadInt32LittleEndian(requests[0]) == requests.TotalLength ? Errno.None : Errno.Invalid;
        }

        public int Receive(Span<byte> target)
        {
            if (!_isWaiting)
                return 0;
            _isWaiting = false;
            answer.CopyTo(target);
            return answer.Length;
        }

        public void Dispose()
        {
            // Nothing was opened.
        }
    }
}
