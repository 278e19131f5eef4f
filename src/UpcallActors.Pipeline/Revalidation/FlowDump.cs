using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// A running dump of the datapath's flows. Read part by part: the datapath makes the next part when one was read, so no part is waited for.
/// One thread.
/// </summary>
internal sealed class FlowDump(IDatapath datapath) : IDisposable
{
    private readonly DatapathClient _client = new(datapath);

    /// <summary>What is done with each flow; the message lives until it returns.</summary>
    public delegate void FlowHandler(in FlowMessage flow, ReadOnlySpan<byte> message);

    /// <summary>
    /// Begins a dump that leaves out what <paramref name="ufidFlags"/> says. False, and the error, when the datapath refuses.
    /// </summary>
    public bool TryBegin(uint ufidFlags, out Errno error)
    {
        NetlinkWriter writer = _client.Writer();
        FlowMessageWriter.WriteDump(ref writer, datapath.Families.Flow, 0, datapath.IfIndex, ufidFlags);
        _client.TryAdd(writer);
        _client.Begin();
        error = _client.Result(0).Error;
        return error == Errno.None;
    }

    /// <summary>Reads one part.</summary>
    public FlowDumpProgress Read(FlowHandler onFlow)
    {
        bool goesOn = _client.Read((_, message) =>
        {
            if (message.Type == datapath.Families.Flow && FlowMessage.TryParse(message.Bytes, out FlowMessage flow) == OdpParseError.None)
                onFlow(flow, message.Bytes);
        });
        if (goesOn)
            return FlowDumpProgress.More;
        // It is unknown what an interrupted dump left out.
        return _client.Result(0) is { Succeeded: true, WasInterrupted: false } ? FlowDumpProgress.Done : FlowDumpProgress.Failed;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
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
