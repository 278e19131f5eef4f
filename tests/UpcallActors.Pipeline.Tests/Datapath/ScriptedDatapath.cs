using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline.Tests;

/// <summary>
/// A datapath in memory: tests put upcalls in, one bounded queue a handler as a socket has one, and look at the requests
/// that come out. How it answers is the test's to say.
/// </summary>
internal sealed class ScriptedDatapath : IDatapath
{
    private readonly Handler[] _handlers;
    private readonly List<SentMessage> _sent = [];
    private int _sends;
    private int _openChannels;
    private int _openSources;
    private long _queued;

    public ScriptedDatapath(int handlers = 1, int queueLimit = int.MaxValue, uint upcallPid = 4711)
    {
        _handlers = [.. Enumerable.Range(0, handlers).Select(_ => new Handler(queueLimit))];
        UpcallPid = upcallPid;
    }

    public string Name => "scripted";

    public string Type => "test";

    public int IfIndex { get; init; } = Upcalls.IfIndex;

    public OvsFamilies Families { get; init; } = Upcalls.Families;

    public int HandlerCount => _handlers.Length;

    public DispatchMode Dispatch => DispatchMode.ByFlow;

    public bool StaysWhenClosed => false;

    public Task Lost { get; } = new TaskCompletionSource().Task;

    public DatapathLosses Losses => new([.. _handlers.Select(handler => handler.Dropped)], 0, new Dictionary<uint, ulong>(), 0, 0);

    public IConntrack? Conntrack => null;

    public uint UpcallPid { get; }

    public DatapathSupport Support { get; init; } = new();

    public int SendLimit { get; init; } = 4 * 1024 * 1024;

    /// <summary>Whether each error comes twice, as no datapath should answer.</summary>
    public bool AnswersTwice { get; init; }

    /// <summary>Says with which error a request is answered; none to take it without an answer.</summary>
    public Func<SentMessage, Errno> Answer { get; set; } = _ => Errno.None;

    /// <summary>Says with which error a send as a whole is refused; none to take it.</summary>
    public Func<IReadOnlyList<SentMessage>, Errno> Refuse { get; set; } = _ => Errno.None;

    /// <summary>Runs before each receive.</summary>
    public Action Receiving { get; set; } = () => { };

    /// <summary>Runs when a request channel is opened; may throw.</summary>
    public Action OpeningChannel { get; set; } = () => { };

    public long UpcallsQueued => Interlocked.Read(ref _queued);

    public int Sends => Volatile.Read(ref _sends);

    public int OpenChannels => Volatile.Read(ref _openChannels);

    public int OpenSources => Volatile.Read(ref _openSources);

    public IReadOnlyList<SentMessage> Sent
    {
        get
        {
            lock (_sent)
                return [.. _sent];
        }
    }

    public IReadOnlyList<SentMessage> Executes => [.. Sent.Where(message => message.IsExecute)];

    public IReadOnlyList<SentMessage> FlowPuts => [.. Sent.Where(message => !message.IsExecute)];

    public ulong Dropped(int handler = 0) => _handlers[handler].Dropped;

    public int Waiting(int handler = 0) => _handlers[handler].Count;

    /// <summary>Queues upcalls; what does not fit the queue is dropped and counted. One signal for all of them.</summary>
    public void Upcall(params IEnumerable<byte[]> messages) => UpcallOn(0, messages);

    public void UpcallOn(int handler, IEnumerable<byte[]> messages) => Interlocked.Add(ref _queued, _handlers[handler].Enqueue(messages));

    public bool SendsUpcallsHere() => true;

    public void ThrowIfLost()
    {
    }

    public void Delete() => Dispose();

    public uint UserspacePid(uint inPort) => UpcallPid;

    public IUpcallSource OpenUpcalls(int handler)
    {
        Interlocked.Increment(ref _openSources);
        return new Source(this, _handlers[handler]);
    }

    public IRequestChannel OpenRequests()
    {
        OpeningChannel();
        Interlocked.Increment(ref _openChannels);
        return new Channel(this);
    }

    public void Dispose()
    {
        foreach (Handler handler in _handlers)
            handler.Wake.Dispose();
    }

    private sealed class Handler(int limit)
    {
        private readonly Queue<byte[]> _queue = new();
        private ulong _dropped;

        public EventFd Wake { get; } = new();

        public ulong Dropped => Volatile.Read(ref _dropped);

        public int Count
        {
            get
            {
                lock (_queue)
                    return _queue.Count;
            }
        }

        public int Enqueue(IEnumerable<byte[]> messages)
        {
            int queued = 0;
            lock (_queue)
            {
                foreach (byte[] message in messages)
                {
                    if (_queue.Count >= limit)
                    {
                        _dropped++;
                        continue;
                    }

                    _queue.Enqueue(message);
                    queued++;
                }
            }

            Wake.Signal();
            return queued;
        }

        public int Take(MessageSlots slots, int first, int count)
        {
            lock (_queue)
            {
                int taken = 0;
                while (taken < count && _queue.TryDequeue(out byte[]? message))
                {
                    Span<byte> slot = slots.Slot(first + taken);
                    int length = Math.Min(message.Length, slot.Length);
                    message.AsSpan(0, length).CopyTo(slot);
                    slots.SetReceived(first + taken, length, message.Length > slot.Length);
                    taken++;
                }

                if (_queue.Count == 0)
                    Wake.Reset();
                return taken;
            }
        }
    }

    private sealed class Source(ScriptedDatapath datapath, Handler handler) : IUpcallSource
    {
        public int Descriptor => handler.Wake.Descriptor;

        public uint UpcallPid => datapath.UpcallPid;

        public ulong Dropped => handler.Dropped;

        public int Receive(MessageSlots slots, int first, int count)
        {
            datapath.Receiving();
            return handler.Take(slots, first, count);
        }

        public void Dispose() => Interlocked.Decrement(ref datapath._openSources);
    }

    private sealed class Channel(ScriptedDatapath datapath) : IRequestChannel
    {
        private readonly Queue<byte[]> _answers = new();

        public int SendLimit => datapath.SendLimit;

        public Errno Send(SendVector requests)
        {
            Interlocked.Increment(ref datapath._sends);
            List<SentMessage> messages = Split(requests, datapath.Families.Packet);
            Errno error = datapath.Refuse(messages);
            if (error != Errno.None)
                return error;
            foreach (SentMessage message in messages)
            {
                lock (datapath._sent)
                    datapath._sent.Add(message);
                error = datapath.Answer(message);
                for (int answers = error == Errno.None ? 0 : datapath.AnswersTwice ? 2 : 1; answers > 0; answers--)
                    _answers.Enqueue(Error(message, error));
            }

            return Errno.None;
        }

        public int Receive(Span<byte> answer)
        {
            if (!_answers.TryDequeue(out byte[]? waiting))
                return 0;
            waiting.CopyTo(answer);
            return waiting.Length;
        }

        public void Dispose() => Interlocked.Decrement(ref datapath._openChannels);

        private static List<SentMessage> Split(SendVector requests, ushort packetFamily)
        {
            byte[] bytes = new byte[requests.TotalLength];
            int at = 0;
            for (int piece = 0; piece < requests.Count; piece++)
            {
                requests[piece].CopyTo(bytes.AsSpan(at));
                at += requests[piece].Length;
            }

            List<SentMessage> messages = [];
            for (int start = 0; start < bytes.Length;)
            {
                // As the kernel walks a send: by nlmsg_len, padded.
                NetlinkMessage.TryRead(bytes.AsSpan(start), out NetlinkMessage message, out int consumed).ShouldBe(NetlinkParseError.None);
                messages.Add(new SentMessage(message.Bytes.ToArray(), message.Type == packetFamily));
                start += consumed;
            }

            return messages;
        }

        private static byte[] Error(SentMessage message, Errno error)
        {
            var writer = new NetlinkWriter(new byte[64]);
            int start = writer.BeginMessage(2, NetlinkFlags.None, message.Sequence, 0);
            Span<byte> payload = stackalloc byte[20];
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(payload, -(int)error);
            message.Bytes.AsSpan(0, 16).CopyTo(payload[4..]);
            writer.PutRaw(payload);
            writer.EndMessage(start);
            return writer.Written.ToArray();
        }
    }
}
