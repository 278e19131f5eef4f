using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// Writes what a port puts out to a pcap file with timestamps in microseconds. Borrows the stream. A stream that fails
/// ends the file, not the datapath: <see cref="Failure"/> says so.
/// </summary>
internal sealed class CaptureOutput : IPortOutput
{
    private readonly PcapWriter _writer;

    /// <summary>Writes the file's header at once.</summary>
    public CaptureOutput(Stream stream) => _writer = new PcapWriter(stream, PcapLinkType.Ethernet);

    /// <summary>What ended the file early, if anything did.</summary>
    public IOException? Failure { get; private set; }

    /// <summary>Frames that were not written, because of <see cref="Failure"/>.</summary>
    public long NotWritten { get; private set; }

    /// <inheritdoc/>
    public void Transmit(ReadOnlySpan<byte> frame, long microseconds)
    {
        if (Failure is null)
        {
            try
            {
                _writer.Write(microseconds * 1000, frame);
                return;
            }
            catch (IOException failure)
            {
                Failure = failure;
            }
        }

        NotWritten++;
    }
}
