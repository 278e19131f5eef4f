using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline.Tests;

/// <summary>
/// A datapath in memory that costs little and allocates nothing: it hands out the same upcalls over and over, as many as were
/// offered and at most a burst at a time, and walks what is sent to it message by message.
/// </summary>
internal sealed class LoopedDatapath : IDatapath
{
    private readonly byte[][] _upcalls;
    private readonly EventFd _readable = new();
    private readonly int _burst;
    private long _waiting;
    private long _executed;
    private long _put;
    private int _next;

    public LoopedDatapath(byte[][] upcalls, OvsFamilies families, int ifIndex, int burst = int.MaxValue)
    {
        _upcalls = upcalls;
        _burst = burst;
        Families = families;
        IfIndex = ifIndex;
    }

    public string Name => "looped";

    public string Type => "test";

    public int IfIndex { get; }

    public OvsFamilies Families { get; }

    public int HandlerCount => 1;

    public DispatchMode Dispatch => DispatchMode.ByFlow;

    public bool StaysWhenClosed => false;

    public Task Lost { get; } = new TaskCompletionSource().Task;

    public DatapathLosses Losses => new([0], 0, new Dictionary<uint, ulong>(), 0, 0);

    public IConntrack? Conntrack => null;

    /// <summary>EXECUTEs taken.</summary>
    public long Executed => Volatile.Read(ref _executed);

    /// <summary>Flow puts taken.</summary>
    public long Put => Volatile.Read(ref _put);

    public void Offer(long upcalls)
    {
        Interlocked.Add(ref _waiting, upcalls);
        _readable.Signal();
    }

    public DatapathSupport Support { get; } = new();

    public bool SendsUpcallsHere() => true;

    public void ThrowIfLost()
    {
    }

    public void Delete() => Dispose();

    public uint UserspacePid(uint inPort) => uint.MaxValue;

    public IUpcallSource OpenUpcalls(int handler) => new Source(this);

    public IRequestChannel OpenRequests() => new Channel(this);

    public void Dispose() => _readable.Dispose();

    private int Take(MessageSlots slots, int first, int count)
    {
        int taken = (int)Math.Min(Math.Min(count, _burst), Volatile.Read(ref _waiting));
        for (int slot = first; slot < first + taken; slot++)
        {
            byte[] upcall = _upcalls[_next];
            _next = _next + 1 == _upcalls.Length ? 0 : _next + 1;
            upcall.CopyTo(slots.Slot(slot));
            slots.SetReceived(slot, upcall.Length, truncated: false);
        }

        if (Interlocked.Add(ref _waiting, -taken) == 0)
            _readable.Reset();
        return taken;
    }

    private Errno Handle(SendVector requests)
    {
        int executes = 0;
        int puts = 0;
        for (int piece = 0; piece < requests.Count; piece++)
        {
            ReadOnlySpan<byte> message = requests[piece];
            int length = BinaryPrimitives.ReadInt32LittleEndian(message);
            bool isExecute = BinaryPrimitives.ReadUInt16LittleEndian(message[NetlinkMessage.TypeOffset..]) == Families.Packet;
            if (isExecute)
            {
                length -= message.Length;
                message = requests[++piece];
            }

            if (length != message.Length)
                return Errno.Invalid;
            executes += isExecute ? 1 : 0;
            puts += isExecute ? 0 : 1;
        }

        Volatile.Write(ref _executed, _executed + executes);
        Volatile.Write(ref _put, _put + puts);
        return Errno.None;
    }

    private sealed class Source(LoopedDatapath datapath) : IUpcallSource
    {
        public int Descriptor => datapath._readable.Descriptor;

        public uint UpcallPid => 4711;

        public ulong Dropped => 0;

        public int Receive(MessageSlots slots, int first, int count) => datapath.Take(slots, first, count);

        public void Dispose()
        {
        }
    }

    private sealed class Channel(LoopedDatapath datapath) : IRequestChannel
    {
        public int SendLimit => 4 * 1024 * 1024;

        public Errno Send(SendVector requests) => datapath.Handle(requests);

        public int Receive(Span<byte> answer) => 0;

        public void Dispose()
        {
        }
    }
}
