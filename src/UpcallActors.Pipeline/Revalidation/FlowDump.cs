using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// A running dump of the datapath's flows. Read part by part: the datapath makes the next part when one was read, so no part is waited for.
/// One thread.
/// </summary>
internal sealed class FlowDump : IDisposable
{
    /// <summary>Longer than what the kernel packs into one datagram of a dump (32 KiB), and than the longest flow.</summary>
    private const int PartLength = 256 * 1024;

    private const int RequestLength = 64;

    private readonly IDatapath _datapath;
    private readonly IRequestChannel _channel;
    private readonly NativeRegion _request = new(RequestLength);
    private readonly SendVector _vector = new(1);
    private readonly byte[] _part = new byte[PartLength];
    private uint _sequence;

    public FlowDump(IDatapath datapath)
    {
        _datapath = datapath;
        _channel = datapath.OpenRequests();
    }

    /// <summary>What is done with each flow; the message lives until it returns.</summary>
    public delegate void FlowHandler(in FlowMessage flow, ReadOnlySpan<byte> message);

    /// <summary>
    /// Begins a dump that leaves out what <paramref name="ufidFlags"/> says. False, and the error, when the datapath refuses.
    /// </summary>
    public bool TryBegin(uint ufidFlags, out Errno error)
    {
        // What an earlier dump that was given up left.
        while (_channel.Receive(_part) > 0)
        {
        }

        var writer = new NetlinkWriter(_request.Slice(0, RequestLength));
        FlowMessageWriter.WriteDump(ref writer, _datapath.Families.Flow, ++_sequence, _datapath.IfIndex, ufidFlags);
        _vector.Clear();
        _vector.Append(_request, 0, writer.Length);
        error = _channel.Send(_vector);
        return error == Errno.None;
    }

    /// <summary>Reads one part.</summary>
    public FlowDumpProgress Read(FlowHandler onFlow)
    {
        int length = _channel.Receive(_part);
        if (length <= 0)
            return FlowDumpProgress.Failed;
        ReadOnlySpan<byte> rest = _part.AsSpan(0, Math.Min(length, _part.Length));
        while (!rest.IsEmpty)
        {
            if (NetlinkMessage.TryRead(rest, out NetlinkMessage message, out int consumed) != NetlinkParseError.None)
                return FlowDumpProgress.Failed;
            rest = rest[consumed..];
            if (message.Sequence != _sequence)
                continue;
            if (message.Type is NetlinkControlType.Done or NetlinkControlType.Error)
                return NetlinkErrorAnswer.TryRead(message, out NetlinkErrorAnswer answer) && answer.Error == Errno.None
                    ? FlowDumpProgress.Done
                    : FlowDumpProgress.Failed;
            if (message.Type == _datapath.Families.Flow && FlowMessage.TryParse(message.Bytes, out FlowMessage flow) == OdpParseError.None)
                onFlow(flow, message.Bytes);
        }

        return FlowDumpProgress.More;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _channel.Dispose();
        _request.Dispose();
    }
}

/// <summary>How far a dump has come.</summary>
internal enum FlowDumpProgress
{
    /// <summary>There is more.</summary>
    More,

    /// <summary>All flows were shown.</summary>
    Done,

    /// <summary>It ended before its end.</summary>
    Failed,
}
