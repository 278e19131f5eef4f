namespace UpcallActors.Netlink;

/// <summary>
/// Listens, on a thread of its own, for changes of the host's network devices. What is told is only a reason to look: a lost message is one too, so
/// nothing that is lost can be missed.
/// </summary>
public sealed class LinkMonitor : IDisposable
{
    private const int BufferLength = 128 * 1024;

    private readonly NetlinkSocket _links = new(NetlinkProtocol.Route);
    private readonly EventFd _stop = new();
    private readonly Action _onChange;
    private readonly Thread _thread;
    private readonly byte[] _buffer = new byte[BufferLength];
    private volatile bool _stopping;

    /// <summary>Listens from now on; <see cref="Start"/> begins to tell. <paramref name="onChange"/> must not throw. Throws <see cref="System.ComponentModel.Win32Exception"/>.</summary>
    public LinkMonitor(Action onChange)
    {
        _onChange = onChange;
        _links.JoinGroup(LinkMessageType.Group);
        _thread = new Thread(Run) { IsBackground = true, Name = "links" };
    }

    /// <summary>Begins to tell of changes, those since the construction among them.</summary>
    public void Start() => _thread.Start();

    /// <summary>Stops, and waits for what is being told unless called from there.</summary>
    public void Dispose()
    {
        _stopping = true;
        _stop.Signal();
        if (_thread.IsAlive && Environment.CurrentManagedThreadId != _thread.ManagedThreadId)
            _thread.Join();
        _links.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            Readiness.Wait(_links.Descriptor, _stop.Descriptor, timeoutMilliseconds: -1);
            if (!_stopping && Drain())
                _onChange();
        }
    }

    /// <summary>Takes all that waits; whether there was anything.</summary>
    private bool Drain()
    {
        bool changed = false;
        while (true)
        {
            NetlinkReceipt receipt = _links.Receive(_buffer);
            if (receipt.Error is not (Errno.None or Errno.NoBuffers))
                return changed;
            changed |= receipt.Error == Errno.NoBuffers || receipt.Sender == 0;
        }
    }
}
