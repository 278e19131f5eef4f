using System.Collections.Concurrent;
using UpcallActors.Embedded;

namespace UpcallActors.Hosting.Tests;

/// <summary>What a port of the embedded datapath has put out.</summary>
internal sealed class PortRecorder : IPortOutput
{
    private readonly ConcurrentQueue<byte[]> _frames = new();

    public int Count => _frames.Count;

    public void Transmit(ReadOnlySpan<byte> frame, long microseconds) => _frames.Enqueue(frame.ToArray());
}
