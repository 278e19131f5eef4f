using UpcallActors.Linux;
using UpcallActors.Odp.Text;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// A client that watches upcalls, from one reading to the next. One that does not read for a while has gone, and is forgotten.
/// </summary>
internal sealed class MonitorSession : IDisposable
{
    /// <summary>How long a client may be silent.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How long a reading waits for the first upcall.</summary>
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(1);

    /// <summary>How often it looks. Lanes do not wake a session.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Bytes of frames in one answer, beyond which it has no more upcalls.</summary>
    private const int MostBytes = 1 << 20;

    private readonly UpcallMonitor _monitor;
    private readonly IOdpPortNames _names;
    private readonly bool _withPackets;
    private readonly Timer _forget;
    private int _isRead;

    /// <summary>Watches from now on.</summary>
    /// <param name="monitor">Where upcalls come from; the session's from now on.</param>
    /// <param name="names">Names of ports.</param>
    /// <param name="withPackets">Whether frames are shown.</param>
    /// <param name="forget">Called when the client has been silent for too long.</param>
    public MonitorSession(UpcallMonitor monitor, IOdpPortNames names, bool withPackets, Action forget)
    {
        _monitor = monitor;
        _names = names;
        _withPackets = withPackets;
        _forget = new Timer(_ => UnattendedWork.Try("ending a silent monitor", forget), null, Patience, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// The next upcalls, at most <paramref name="most"/>; waits a moment when there are none. Null while another read is in progress.
    /// </summary>
    public async Task<MonitorReply?> ReadAsync(int most, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _isRead, 1) != 0)
            return null;
        try
        {
            _forget.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            for (TimeSpan waited = TimeSpan.Zero; _monitor.IsEmpty && waited < _longestWait; waited += _pause)
                await Task.Delay(_pause, cancellation);
            var lines = new List<UpcallLine>();
            for (int bytes = 0; lines.Count < most && bytes < MostBytes && _monitor.TryTake(out MonitoredUpcall? upcall);
                bytes += upcall.Packet.Length + upcall.Key.Length)
                lines.Add(UpcallLines.Of(upcall, _names, _withPackets));
            return new MonitorReply(_monitor.Missed, lines);
        }
        finally
        {
            _forget.Change(Patience, Timeout.InfiniteTimeSpan);
            Volatile.Write(ref _isRead, 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _monitor.Dispose();
        _forget.Dispose();
    }
}
