using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>
/// Listens, on its own thread, to the kernel's messages about vports and devices. A message is only a reason to read the ports. A lost
/// message (ENOBUFS) is one too, so no change is missed.
/// </summary>
internal sealed class PortMonitor : IDisposable
{
    /// <summary>A device with many virtual functions tells of them all.</summary>
    private const int BufferLength = 128 * 1024;

    private readonly NetlinkSocket _vports = new(NetlinkProtocol.Generic);
    private readonly NetlinkSocket _links = new(NetlinkProtocol.Route);
    private readonly EventFd _stop = new();
    private readonly int _datapathIfIndex;
    private readonly Func<VportMessage, bool> _isVportOfInterest;
    private readonly Func<Link, bool, bool> _isLinkOfInterest;
    private readonly Action _onChange;
    private readonly UnattendedThread _thread;
    private readonly byte[] _buffer = new byte[BufferLength];
    private readonly bool[] _readable = new bool[3];
    private bool _isDue;

    /// <summary>
    /// Listens from now on; <see cref="Start"/> begins to tell. <paramref name="isVportOfInterest"/> is asked of the datapath's vports,
    /// <paramref name="isLinkOfInterest"/> of a device and whether it was deleted; an <paramref name="onChange"/> that fails is called
    /// again.
    /// </summary>
    public PortMonitor(
        uint vportGroup, int datapathIfIndex, Func<VportMessage, bool> isVportOfInterest, Func<Link, bool, bool> isLinkOfInterest,
        Action onChange)
    {
        _datapathIfIndex = datapathIfIndex;
        _isVportOfInterest = isVportOfInterest;
        _isLinkOfInterest = isLinkOfInterest;
        _onChange = onChange;
        _vports.JoinGroup(vportGroup);
        _links.JoinGroup(LinkMessageType.Group);
        _thread = new UnattendedThread("ports", "following the datapath's ports", Turn, _stop.Signal);
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
        _thread.Dispose();
        _vports.Dispose();
        _links.Dispose();
        _stop.Dispose();
    }

    private void Turn()
    {
        // After a failure what waits is taken out first: a full queue would be a reason to look again and again.
        Readiness.Wait([_vports.Descriptor, _links.Descriptor, _stop.Descriptor], _readable, timeoutMilliseconds: _isDue ? 0 : -1);
        if (_thread.IsStopping)
            return;
        _isDue |= _readable[0] && Drain(_vports, Source.Vports);
        _isDue |= _readable[1] && Drain(_links, Source.Links);
        if (!_isDue)
            return;
        _onChange();
        // Not if it has failed: the change has not been read yet.
        _isDue = false;
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
        VportMessage.TryParse(message.Bytes, out VportMessage? vport) != OdpParseError.None
        || (vport!.DatapathIfIndex == _datapathIfIndex && _isVportOfInterest(vport));

    private bool IsLinkOfInterest(NetlinkMessage message) =>
        Link.TryParse(message, out Link? link) != NetlinkParseError.None
        || _isLinkOfInterest(link!, message.Type == LinkMessageType.Delete);
}
