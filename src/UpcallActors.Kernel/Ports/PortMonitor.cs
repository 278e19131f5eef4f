using UpcallActors.Netlink;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>
/// Listens, on a thread of its own, to what the kernel tells of vports and of devices. What is told is only a reason to look: a lost message
/// (ENOBUFS) is one too, so nothing that is lost can be missed.
/// </summary>
internal sealed class PortMonitor : IDisposable
{
    /// <summary>A device with many virtual functions tells of them all.</summary>
    private const int BufferLength = 128 * 1024;

    private readonly NetlinkSocket _vports = new(NetlinkProtocol.Generic);
    private readonly NetlinkSocket _links = new(NetlinkProtocol.Route);
    private readonly EventFd _stop = new();
    private readonly int _datapathIfIndex;
    private readonly Func<Link, bool, bool> _isOfInterest;
    private readonly Action _onChange;
    private readonly Thread _thread;
    private readonly byte[] _buffer = new byte[BufferLength];
    private volatile bool _stopping;

    /// <summary>
    /// Listens from now on; <see cref="Start"/> begins to tell. <paramref name="isOfInterest"/> is asked of a device and whether it was deleted;
    /// <paramref name="onChange"/> must not throw.
    /// </summary>
    public PortMonitor(uint vportGroup, int datapathIfIndex, Func<Link, bool, bool> isOfInterest, Action onChange)
    {
        _datapathIfIndex = datapathIfIndex;
        _isOfInterest = isOfInterest;
        _onChange = onChange;
        _vports.JoinGroup(vportGroup);
        _links.JoinGroup(LinkMessageType.Group);
        _thread = new Thread(Run) { IsBackground = true, Name = "ports" };
    }

    private enum Source
    {
        Vports,
        Links,
    }

    public void Start() => _thread.Start();

    /// <summary>Stops the thread, and waits for it unless called by <c>onChange</c>.</summary>
    public void Dispose()
    {
        _stopping = true;
        _stop.Signal();
        if (_thread.IsAlive && Environment.CurrentManagedThreadId != _thread.ManagedThreadId)
            _thread.Join();
        _vports.Dispose();
        _links.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        Span<bool> readable = stackalloc bool[3];
        while (!_stopping)
        {
            Readiness.Wait([_vports.Descriptor, _links.Descriptor, _stop.Descriptor], readable, timeoutMilliseconds: -1);
            if (_stopping)
                return;
            bool changed = readable[0] && Drain(_vports, Source.Vports);
            changed |= readable[1] && Drain(_links, Source.Links);
            if (changed)
                _onChange();
        }
    }

    /// <summary>Takes all that waits; whether any of it is a reason to look.</summary>
    private bool Drain(NetlinkSocket socket, Source source)
    {
        bool changed = false;
        while (true)
        {
            NetlinkReceipt receipt = socket.Receive(_buffer);
            if (receipt.Error == Errno.NoBuffers)
            {
                changed = true;
                continue;
            }

            if (receipt.Error != Errno.None)
                return changed;
            if (receipt.Sender == 0)
                changed |= receipt.IsTruncated || IsOfInterest(_buffer.AsSpan(0, receipt.Length), source);
        }
    }

    /// <summary>What cannot be understood is a reason to look.</summary>
    private bool IsOfInterest(ReadOnlySpan<byte> datagram, Source source)
    {
        while (!datagram.IsEmpty)
        {
            if (NetlinkMessage.TryRead(datagram, out NetlinkMessage message, out int consumed) != NetlinkParseError.None)
                return true;
            datagram = datagram[consumed..];
            if (source == Source.Vports ? IsVportOfInterest(message) : IsLinkOfInterest(message))
                return true;
        }

        return false;
    }

    private bool IsVportOfInterest(NetlinkMessage message) =>
        VportMessage.TryParse(message.Bytes, out VportMessage? vport) != OdpParseError.None || vport!.DatapathIfIndex == _datapathIfIndex;

    private bool IsLinkOfInterest(NetlinkMessage message) =>
        Link.TryParse(message, out Link? link) != NetlinkParseError.None || _isOfInterest(link!, message.Type == LinkMessageType.Delete);
}
