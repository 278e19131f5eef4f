using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline.Tests;

/// <summary>A datapath whose answers a test may change, hold up or take away on their way to the revalidators.</summary>
internal sealed class TamperedDatapath(IDatapath inner) : DatapathDecorator(inner)
{
    private int _openChannels;
    private int _shownInFull;
    private int _fetched;

    public int OpenChannels => Volatile.Read(ref _openChannels);

    /// <summary>Flows that dumps have shown with key and actions, not by their ids alone.</summary>
    public int ShownInFull => Volatile.Read(ref _shownInFull);

    /// <summary>Flows that were answered about one by one.</summary>
    public int Fetched => Volatile.Read(ref _fetched);

    /// <summary>Runs whenever a part of a dump was received.</summary>
    public Action Receiving { get; set; } = () => { };

    /// <summary>Says what of a dump comes through: for each flow, how often.</summary>
    public Func<Ufid, int> Showing { get; set; } = _ => 1;

    /// <summary>With what error sends are refused.</summary>
    public Func<Errno> Refusing { get; set; } = () => Errno.None;

    public override IRequestChannel OpenRequests()
    {
        Interlocked.Increment(ref _openChannels);
        return new Channel(this, base.OpenRequests());
    }

    private int Show(in FlowMessage flow, Ufid ufid, bool isPart)
    {
        if (!isPart)
        {
            Interlocked.Increment(ref _fetched);
            return 1;
        }

        if (flow.Key.IsPresent && flow.Actions.IsPresent)
            Interlocked.Increment(ref _shownInFull);
        return Showing(ufid);
    }

    private sealed class Channel(TamperedDatapath tampered, IRequestChannel inner) : IRequestChannel
    {
        public int SendLimit => inner.SendLimit;

        public Errno Send(SendVector requests)
        {
            Errno error = tampered.Refusing();
            return error == Errno.None ? inner.Send(requests) : error;
        }

        public int Receive(Span<byte> answer)
        {
            byte[] part = new byte[answer.Length / 4];
            int length = inner.Receive(part);
            if (length == 0)
                return 0;
            int written = 0;
            bool isDump = false;
            for (ReadOnlySpan<byte> rest = part.AsSpan(0, length); NetlinkMessage.TryRead(rest, out NetlinkMessage message,
                out int consumed) == NetlinkParseError.None; rest = rest[consumed..])
            {
                bool isPart = (message.Flags & NetlinkFlags.Multi) != 0;
                isDump |= isPart;
                int times = FlowMessage.TryParse(message.Bytes, out FlowMessage flow) == OdpParseError.None && flow.Ufid is { } ufid
                    ? tampered.Show(flow, ufid, isPart)
                    : 1;
                for (; times > 0; times--)
                {
                    message.Bytes.CopyTo(answer[written..]);
                    written += NetlinkAlignment.Align(message.Length);
                }
            }

            if (isDump)
                tampered.Receiving();
            return written;
        }

        public void Dispose()
        {
            Interlocked.Decrement(ref tampered._openChannels);
            inner.Dispose();
        }
    }
}
