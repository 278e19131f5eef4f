using UpcallActors.Embedded;

namespace UpcallActors.Daemon.Replay;

/// <summary>Keeps what a port puts out.</summary>
internal sealed class FrameList : IPortOutput
{
    private readonly List<ReadOnlyMemory<byte>> _frames = [];

    /// <summary>The frames. To be read once the datapath is at rest.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Frames => _frames;

    /// <inheritdoc/>
    public void Transmit(ReadOnlySpan<byte> frame, long microseconds) => _frames.Add(frame.ToArray());
}
