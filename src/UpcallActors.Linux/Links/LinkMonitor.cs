namespace UpcallActors.Linux;

/// <summary>
/// Listens, on its own thread, for changes of the host's network devices. A message is only a reason to read the devices. A lost message is
/// one too, and so is one that cannot be understood: no change is missed.
/// </summary>
internal sealed class LinkMonitor : IDisposable
{
    private const int BufferLength = 128 * 1024;

    private readonly NetlinkSocket _links = new(NetlinkProtocol.Route);
    private readonly EventFd _stop = new();
    private readonly Func<Link, bool, bool> _isOfInterest;
    private readonly Action _onChange;
    private readonly UnattendedThread _thread;
    private readonly byte[] _buffer = new byte[BufferLength];
    private bool _isDue;

    /// <summary>
    /// Listens from now on; <see cref="Start"/> begins to tell. <paramref name="isOfInterest"/> is asked of a device and whether it was
    /// deleted; an <paramref name="onChange"/> that fails is called again. Throws
    /// <see cref="System.ComponentModel.Win32Exception"/>.
    /// </summary>
    public LinkMonitor(Func<Link, bool, bool> isOfInterest, Action onChange)
    {
        _isOfInterest = isOfInterest;
        _onChange = onChange;
        _links.JoinGroup(LinkMessageType.Group);
        _thread = new UnattendedThread("links", "following the host's devices", Turn, _stop.Signal);
    }

    /// <summary>Begins to tell of changes, those since the construction among them.</summary>
    public void Start() => _thread.Start();

    /// <summary>Stops, and waits for what is being told unless called from there.</summary>
    public void Dispose()
    {
        _thread.Dispose();
        _links.Dispose();
        _stop.Dispose();
    }

    private void Turn()
    {
        if (!_isDue)
            Readiness.Wait(_links.Descriptor, _stop.Descriptor, timeoutMilliseconds: -1);
        if (_thread.IsStopping)
            return;
        _isDue |= Drain();
        if (!_isDue)
            return;
        _onChange();
        // Not if it has failed: the change has not been read yet.
        _isDue = false;
    }

    /// <summary>Takes all that waits; whether any of it is a reason to look.</summary>
    private bool Drain()
    {
        bool changed = false;
        while (true)
        {
            NetlinkReceipt receipt = _links.Receive(_buffer);
            if (receipt.Error is not (Errno.None or Errno.NoBuffers))
                return changed;
            changed |= receipt.Error == Errno.NoBuffers
                || (receipt.Sender == 0 && (receipt.IsTruncated || IsOfInterest(_buffer.AsSpan(0, receipt.Length))));
        }
    }

    private bool IsOfInterest(ReadOnlySpan<byte> datagram)
    {
        while (!datagram.IsEmpty)
        {
            if (NetlinkMessage.TryRead(datagram, out NetlinkMessage message, out int consumed) != NetlinkParseError.None
                || Link.TryParse(message, out Link? link) != NetlinkParseError.None
                || _isOfInterest(link!, message.Type == LinkMessageType.Delete))
                return true;
            datagram = datagram[consumed..];
        }

        return false;
    }
}
