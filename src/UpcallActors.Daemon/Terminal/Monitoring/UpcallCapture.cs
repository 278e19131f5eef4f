using System.Globalization;
using System.Text;
using UpcallActors.Daemon.Control.Commands;
using UpcallActors.Daemon.Terminal.Clients;
using UpcallActors.Packets;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Terminal.Monitoring;

/// <summary>
/// The packets of upcalls as a pcapng file: each with the port that it came in on as its interface, and what became of it as its comment.
/// Single owner.
/// </summary>
internal sealed class UpcallCapture : IAsyncDisposable
{
    /// <summary>What stands for standard output, as with tcpdump and tshark.</summary>
    public const string StandardOutputName = "-";

    private readonly Stream _stream;
    private readonly PcapngWriter _writer;
    private readonly Dictionary<string, uint> _interfaces = new(StringComparer.Ordinal);
    private readonly bool _flushesEach;

    private UpcallCapture(Stream stream, bool flushesEach)
    {
        _stream = stream;
        _flushesEach = flushesEach;
        _writer = new PcapngWriter(stream, "upcall-actors monitor");
    }

    /// <summary>
    /// Makes the file, or takes standard output for <c>-</c>. Throws <see cref="DaemonClientException"/> when it cannot be written.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="flushesEach">Whether each packet can be read as soon as it is written.</param>
    public static async Task<UpcallCapture> CreateAsync(string path, bool flushesEach)
    {
        try
        {
            Stream stream = path == StandardOutputName ? StandardOutput.Open()
                : new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
            var capture = new UpcallCapture(stream, flushesEach);
            // A program that reads a pipe wants to know the format before the first packet.
            await stream.FlushAsync();
            return capture;
        }
        catch (Exception failure) when (path != StandardOutputName && failure is IOException or UnauthorizedAccessException)
        {
            throw new DaemonClientException(failure.Message, failure);
        }
    }

    /// <summary>Writes an upcall's packet; nothing for one that came without.</summary>
    public async Task WriteAsync(UpcallLine upcall)
    {
        if (upcall.Packet is not { } packet)
            return;
        if (!_interfaces.TryGetValue(upcall.InPort, out uint seenOn))
        {
            seenOn = _writer.AddInterface(upcall.InPort, PcapLinkType.Ethernet);
            _interfaces.Add(upcall.InPort, seenOn);
        }

        long nanoseconds = (upcall.Time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        _writer.Write(seenOn, nanoseconds, packet, upcall.PacketLength, CaptureDirection.Inbound, Comment(upcall));
        if (_flushesEach)
            await _stream.FlushAsync();
    }

    /// <summary>Lets others read what was written.</summary>
    public Task FlushAsync() => _stream.FlushAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    /// <summary>
    /// Words with a value each, to be looked for: <c>class=miss lane=0 mru=1500 verdict=sent flow=put latency_us=52 actions=2</c>.
    /// </summary>
    private static string Comment(UpcallLine upcall)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"class={upcall.Class} lane={upcall.Lane} mru={upcall.Mru}");
        if (upcall.ClampedMru != 0)
            text.Append(CultureInfo.InvariantCulture, $" clamped_mru={upcall.ClampedMru}");
        text.Append(CultureInfo.InvariantCulture, $" verdict={Verdict(upcall)}");
        if (upcall.FlowPut)
            text.Append(upcall.FlowPutErrno == 0 ? " flow=put" : $" flow={Word(upcall.FlowPutErrnoText)}");
        text.Append(CultureInfo.InvariantCulture, $" latency_us={upcall.LatencySeconds * 1e6:0}");
        if (upcall.Actions is { } actions)
            text.Append(" actions=").Append(actions);
        return text.ToString();
    }

    private static string Verdict(UpcallLine upcall) => upcall switch
    {
        { Error: { } error } => $"failed:{error}",
        { Errno: not 0 } => $"refused:{Word(upcall.ErrnoText)}",
        { Actions: null } => "not_translated",
        { Actions: "drop" } => "dropped",
        _ => "sent",
    };

    private static string Word(string? text) => text?.Replace(' ', '_') ?? "unknown";
}
