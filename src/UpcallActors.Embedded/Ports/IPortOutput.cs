namespace UpcallActors.Embedded;

/// <summary>Where the frames go that the datapath puts out on a port.</summary>
public interface IPortOutput
{
    /// <summary>
    /// Takes a frame; <paramref name="microseconds"/> is the datapath's time. Called under the datapath's lock: must not
    /// wait, nor call the datapath. The frame is borrowed for the call.
    /// </summary>
    void Transmit(ReadOnlySpan<byte> frame, long microseconds);

    /// <summary>
    /// Frames that were taken since the last flush must go on their way now: called under the datapath's lock after the
    /// frames of a batch, and only if there were any. For an output that collects frames; others need not implement it.
    /// </summary>
    void Flush()
    {
    }
}
