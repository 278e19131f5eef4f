using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Daemon.Demo;

/// <summary>
/// A datapath that can be slow on request, like a kernel on a busy processor. Thread-safe.
/// </summary>
internal sealed class SlowedDatapath(IDatapath inner) : IDatapath
{
    private static readonly TimeSpan _time = TimeSpan.FromMilliseconds(30);

    private int _isNextSlow;

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public string Type => inner.Type;

    /// <inheritdoc/>
    public int IfIndex => inner.IfIndex;

    /// <inheritdoc/>
    public OvsFamilies Families => inner.Families;

    /// <inheritdoc/>
    public int HandlerCount => inner.HandlerCount;

    /// <inheritdoc/>
    public DispatchMode Dispatch => inner.Dispatch;

    /// <inheritdoc/>
    public bool StaysWhenClosed => inner.StaysWhenClosed;

    /// <inheritdoc/>
    public long Milliseconds => inner.Milliseconds;

    /// <inheritdoc/>
    public IReadOnlyList<DatapathDrop> Drops => inner.Drops;

    /// <inheritdoc/>
    public Task Lost => inner.Lost;

    /// <inheritdoc/>
    public DatapathLosses Losses => inner.Losses;

    /// <inheritdoc/>
    public long UnreachableUpcalls => inner.UnreachableUpcalls;

    /// <inheritdoc/>
    public IConntrack? Conntrack => inner.Conntrack;

    /// <inheritdoc/>
    public DatapathSupport Support => inner.Support;

    /// <summary>The next packets that are sent on are slow.</summary>
    public void SlowNext() => Volatile.Write(ref _isNextSlow, 1);

    /// <inheritdoc/>
    public bool SendsUpcallsHere() => inner.SendsUpcallsHere();

    /// <inheritdoc/>
    public void ThrowIfLost() => inner.ThrowIfLost();

    /// <inheritdoc/>
    public void Delete() => inner.Delete();

    /// <inheritdoc/>
    public uint UserspacePid(uint inPort) => inner.UserspacePid(inPort);

    /// <inheritdoc/>
    public IUpcallSource OpenUpcalls(int handler) => inner.OpenUpcalls(handler);

    /// <inheritdoc/>
    public IRequestChannel OpenRequests() => new Channel(this, inner.OpenRequests());

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private bool IsSlow(SendVector requests)
    {
        if (Volatile.Read(ref _isNextSlow) == 0)
            return false;
        for (int piece = 0; piece < requests.Count; piece++)
        {
            ReadOnlySpan<byte> message = requests[piece];
            if (message.Length >= NetlinkMessage.HeaderLength
                && BinaryPrimitives.ReadUInt16LittleEndian(message[NetlinkMessage.TypeOffset..]) == Families.Packet)
                return Interlocked.Exchange(ref _isNextSlow, 0) != 0;
        }

        return false;
    }

    private sealed class Channel(SlowedDatapath datapath, IRequestChannel channel) : IRequestChannel
    {
        private readonly ManualResetEventSlim _never = new();

        public int SendLimit => channel.SendLimit;

        public Errno Send(SendVector requests)
        {
            if (datapath.IsSlow(requests))
                _never.Wait(_time);
            return channel.Send(requests);
        }

        public int Receive(Span<byte> answer) => channel.Receive(answer);

        public void Dispose()
        {
            _never.Dispose();
            channel.Dispose();
        }
    }
}
