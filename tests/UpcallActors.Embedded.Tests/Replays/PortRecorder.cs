namespace UpcallActors.Embedded.Tests.Replays;

/// <summary>Keeps what a port puts out.</summary>
public sealed class PortRecorder : IPortOutput
{
    public List<byte[]> Frames { get; } = [];

    public void Transmit(ReadOnlySpan<byte> frame, long microseconds) => Frames.Add(frame.ToArray());
}
