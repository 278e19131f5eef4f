namespace UpcallActors.Embedded;

/// <summary>Where the frames go that the datapath puts out on a port.</summary>
public interface IPortOutput
{
    /// <summary>
    /// Takes a frame; <paramref name="microseconds"/> is the datapath's time. Called under the datapath's lock: must not
    /// wait, nor call the datapath. The frame is borrowed for the call.
    /// </summary>
    void Transmit(ReadOnlySpan<byte> frame, long microseconds);
}
