using System.Buffers;
using System.Buffers.Binary;
using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>
/// Asks a datapath, one request or many in a send, and matches what it answers by sequence number. A datapath has handled a request when
/// the send returns, and its answers wait then (<see cref="IRequestChannel"/>): an answer that is not there will not come, and the result
/// is ETIMEDOUT. What goes wrong is in the results; nothing is thrown but by handlers. One thread.
/// </summary>
/// <remarks>
/// Requests are written into memory of the client: <see cref="Writer"/>, then <see cref="Ask"/> for a single one; or
/// <see cref="TryAdd"/> for each, then <see cref="Send"/>, or <see cref="Begin"/> and <see cref="Read"/> to take a long answer part by
/// part.
/// Sequence numbers are set here.
/// </remarks>
internal sealed class DatapathClient : IDisposable
{
    /// <summary>
    /// Requests in a send (Open vSwitch's <c>REVALIDATE_MAX_BATCH</c> is 50); their answers must fit a socket's receive buffer.
    /// </summary>
    public const int MaxRequests = 64;

    /// <summary>Bytes of the longest request: key, mask and actions of full length, and headers and ids.</summary>
    public const int LongestRequest = (3 * (ushort.MaxValue + 1)) + 128;

    private const int RegionLength = 2 * LongestRequest;

    /// <summary>Longer than what the kernel packs into one datagram of a dump (32 KiB), and than the longest flow.</summary>
    private const int AnswerLength = 256 << 10;

    private readonly IRequestChannel _channel;
    private readonly NativeRegion _region = new(RegionLength);
    private readonly SendVector _vector = new(1);
    private readonly byte[] _answers = ArrayPool<byte>.Shared.Rent(AnswerLength);
    private readonly NetlinkExchange _exchange = new(MaxRequests);
    private readonly int[] _starts = new int[MaxRequests + 1];
    private int _count;
    private int _length;
    private uint _sequence = 1;
    private bool _isUnderWay;
    private long _deadline;
    private bool _isDisposed;

    /// <summary>Takes over a channel.</summary>
    public DatapathClient(IRequestChannel channel) => _channel = channel;

    /// <summary>
    /// Opens a channel to a datapath. Throws <see cref="System.ComponentModel.Win32Exception"/> if no descriptor is left.
    /// </summary>
    public DatapathClient(IDatapath datapath)
    {
        try
        {
            _channel = datapath.OpenRequests();
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>
    /// How long answers may come that are none to what was asked, before the client gives up. A dump may take longer, as long as parts of
    /// it come.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether what was added must be sent before another request is written.</summary>
    public bool IsFull => _count == MaxRequests || RegionLength - _length < LongestRequest;

    /// <summary>Where the next request is written, from its <c>nlmsghdr</c> on. One is written at a time.</summary>
    /// <param name="room">The most bytes it may have.</param>
    public NetlinkWriter Writer(int room = LongestRequest) => new(_region.Slice(_length, Math.Min(room, RegionLength - _length)));

    /// <summary>
    /// Adds the request that was written into <see cref="Writer"/>; false for one that did not fit. Its flags stay: a request that wants
    /// neither an acknowledgement nor a dump is taken to have succeeded when the datapath does not answer.
    /// </summary>
    public bool TryAdd(in NetlinkWriter request)
    {
        if (request.Overflowed || request.Length < NetlinkMessage.HeaderLength || _count == MaxRequests)
            return false;
        Span<byte> message = _region.Slice(_length, request.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(message[NetlinkMessage.SequenceOffset..], _sequence + (uint)_count);
        _length += request.Length;
        _starts[++_count] = _length;
        return true;
    }

    /// <summary>Sends what was added, and shows what is answered. The results are there when this returns.</summary>
    public void Send(NetlinkExchangeHandler onAnswer)
    {
        Begin();
        while (Read(onAnswer))
        {
            // Read takes the waiting answers.
        }
    }

    /// <summary>
    /// Asks one thing while nothing else was added: sets the flags REQUEST and ACK, sends, and shows each message of the answer, of a dump
    /// all of its parts. A dump whose result says that it was interrupted should be asked for again.
    /// </summary>
    public NetlinkResult Ask(in NetlinkWriter request, NetlinkAnswerHandler? onAnswer = null)
    {
        if (_count != 0)
            throw new InvalidOperationException("requests wait to be sent");
        if (!TryAdd(request))
            return new NetlinkResult(Errno.MessageSize);
        Span<byte> flags = FlagsOf(0);
        ushort asked = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | (ushort)(NetlinkFlags.Request | NetlinkFlags.Ack));
        BinaryPrimitives.WriteUInt16LittleEndian(flags, asked);
        Send((_, answer) => onAnswer?.Invoke(answer));
        return Result(0);
    }

    /// <summary>Sends what was added. What is answered is taken by <see cref="Read"/>.</summary>
    public void Begin()
    {
        PassOverRest();
        _exchange.Begin(_sequence);
        for (int request = 0; request < _count; request++)
            _exchange.Add((NetlinkFlags)BinaryPrimitives.ReadUInt16LittleEndian(FlagsOf(request)));
        _vector.Clear();
        if (_count != 0)
            _vector.Append(_region, 0, _length);
        _sequence += (uint)_count;
        int length = _length;
        _count = 0;
        _length = 0;
        if (length == 0)
            return;
        Errno refused = length > _channel.SendLimit ? Errno.MessageSize : _channel.Send(_vector);
        if (refused == Errno.None)
            Await();
        else
            _exchange.Fail(refused);
    }

    /// <summary>Takes what one receive brings. Returns whether there is more to come: call it again then.</summary>
    public bool Read(NetlinkExchangeHandler onAnswer)
    {
        if (_exchange.IsDone)
            return false;
        int length = _channel.Receive(_answers);
        // More may wait behind what makes the exchange fail: the rest of a dump, for one. The next one passes over it.
        _isUnderWay = length > 0;
        if (length <= 0)
            _exchange.Stop();
        else if (length > _answers.Length)
            _exchange.Fail(Errno.MessageSize);
        else if (_exchange.Take(_answers.AsSpan(0, length), onAnswer))
            _deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        else if (Environment.TickCount64 > _deadline)
            _exchange.Fail(Errno.TimedOut);
        if (_exchange is { IsDone: true, HasFailed: false })
            _isUnderWay = false;
        return !_exchange.IsDone;
    }

    /// <summary>How a request of the last send ended; meaningful when <see cref="Read"/> has returned false.</summary>
    public NetlinkResult Result(int request) => _exchange[request];

    /// <summary>A request of the last send, as it was sent; its bytes stay until the next one is written.</summary>
    public ReadOnlySpan<byte> Request(int request) => _region.Slice(_starts[request], _starts[request + 1] - _starts[request]);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _channel.Dispose();
        Release();
    }

    private void Release()
    {
        _isDisposed = true;
        _region.Dispose();
        ArrayPool<byte>.Shared.Return(_answers);
    }

    private Span<byte> FlagsOf(int request) => _region.Slice(_starts[request] + NetlinkMessage.FlagsOffset, sizeof(ushort));

    private void Await()
    {
        _isUnderWay = true;
        _deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
    }

    /// <summary>
    /// Passes over what is left of an exchange that was given up. A channel takes no second dump beside one that has not ended.
    /// </summary>
    private void PassOverRest()
    {
        if (!_isUnderWay)
            return;
        _isUnderWay = false;
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (_channel.Receive(_answers) > 0 && Environment.TickCount64 <= deadline)
        {
            // It is not used.
        }
    }
}
