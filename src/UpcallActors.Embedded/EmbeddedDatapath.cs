using System.Collections.ObjectModel;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <summary>
/// A datapath in this process that speaks the kernel's messages: flow table with masks, actions, connection tracking,
/// reassembly and refragmentation as <c>net/openvswitch</c> does them. Thread-safe: one lock covers a frame's whole way.
/// </summary>
/// <remarks>
/// Works as a kernel with UNALIGNED and DISPATCH_UPCALL_PER_CPU does. Not implemented: tunnels other than VXLAN, packets without Ethernet
/// header, MPLS and NSH actions; the requests that need them are refused. <see cref="EmbeddedPorts"/> connects it to the host's devices.
/// </remarks>
public sealed partial class EmbeddedDatapath : IDatapath
{
    /// <summary>The kind of datapath, for people.</summary>
    public const string TypeName = "embedded";

    /// <summary>What Linux 6.1 happened to assign; the numbers mean nothing here.</summary>
    internal static readonly OvsFamilies FamilyIds = new(Datapath: 32, Vport: 33, Flow: 34, Packet: 35, Meter: 36, CtLimit: 37);

    private readonly Lock _lock = new();
    private readonly EmbeddedDatapathOptions _options;
    private readonly UpcallDispatch _upcalls;
    private readonly PacketProcessor _processor;
    private readonly FlowFamily _flows;
    private readonly VportFamily _vports;
    private readonly DatapathFamily _datapaths;
    private readonly PacketFamily _packets;
    private readonly MeterFamily _meters;
    private readonly CtLimitFamily _ctLimits;
    private bool _disposed;

    /// <summary>Makes a datapath with one port: number 0, internal, of the datapath's name.</summary>
    public EmbeddedDatapath(EmbeddedDatapathOptions options)
    {
        options.Validate();
        _options = options;
        Counters = new DatapathCounters();
        _upcalls = new UpcallDispatch(options, Counters);
        _processor = new PacketProcessor(options, _upcalls, Counters);
        _flows = new FlowFamily(options, _processor, Counters);
        _vports = new VportFamily(options, _processor);
        _datapaths = new DatapathFamily(options, _processor, Counters);
        _packets = new PacketFamily(_processor, _upcalls);
        _meters = new MeterFamily(options, _processor);
        _ctLimits = new CtLimitFamily(options, _processor);
        Conntrack = new EmbeddedConntrack(this);
        _processor.Ports.TryAdd(new EmbeddedPort(0, options.Name, OvsVportType.Internal));
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public string Type => _options.Type;

    /// <inheritdoc/>
    public int IfIndex => _options.IfIndex;

    /// <inheritdoc/>
    public OvsFamilies Families => FamilyIds;

    /// <inheritdoc/>
    public int HandlerCount => _options.HandlerCount;

    /// <inheritdoc/>
    public DispatchMode Dispatch => DispatchMode.ByFlow;

    /// <inheritdoc/>
    public bool StaysWhenClosed => false;

    /// <inheritdoc/>
    public IConntrack Conntrack { get; }

    /// <summary>What the datapath has counted.</summary>
    public DatapathCounters Counters { get; }

    /// <summary>Does not end: the datapath is this process's alone.</summary>
    public Task Lost { get; } = new TaskCompletionSource().Task;

    /// <inheritdoc/>
    public DatapathLosses Losses =>
        new(_upcalls.Drops, (ulong)UnreachableUpcalls, ReadOnlyDictionary<uint, ulong>.Empty, ForeignMessages: 0, Registrations: 0);

    /// <inheritdoc/>
    public long UnreachableUpcalls => Counters.Dropped(DropReason.UpcallTooLong);

    /// <summary>The time it lives by.</summary>
    public DatapathClock Clock => _options.Clock;

    /// <summary>Flows in the table now.</summary>
    public int FlowCount
    {
        get
        {
            lock (_lock)
                return _processor.Flows.Count;
        }
    }

    /// <summary>Connections tracked now.</summary>
    public int ConnectionCount
    {
        get
        {
            lock (_lock)
                return _processor.Connections.Count;
        }
    }

    /// <summary>Datagrams that wait for more of their fragments now.</summary>
    public int WaitingDatagrams
    {
        get
        {
            lock (_lock)
                return _processor.Defragmenter.Waiting;
        }
    }

    /// <summary>
    /// A frame arrives on a port. It is matched, and its flow's actions are carried out, before this returns; an upcall is
    /// queued. Whatever the frame holds, this does not fail: what cannot be handled is counted.
    /// </summary>
    public void Receive(uint port, ReadOnlySpan<byte> frame)
    {
        RefuseReentry();
        lock (_lock)
        {
            if (_disposed)
                return;
            _processor.Receive(port, frame);
            _processor.FlushOutputs();
        }
    }

    /// <summary>Frames arrive together: the same for each of them in order, under one lock. The batch stays the caller's.</summary>
    public void Receive(FrameBatch batch)
    {
        RefuseReentry();
        lock (_lock)
        {
            if (_disposed)
                return;
            for (int frame = 0; frame < batch.Count; frame++)
                TryReceive(batch, frame);

            _processor.FlushOutputs();
        }
    }

    /// <summary>A frame that the datapath fails over costs itself and not those behind it. Under the lock.</summary>
    private void TryReceive(FrameBatch batch, int frame)
    {
#pragma warning disable CA1031 // Frames are a stranger's: whatever one of them does, the others go on.
        try
        {
            FlowKey key = batch.Key(frame);
            _processor.Receive(batch.Frame(frame), ref key);
        }
        catch (Exception failure)
        {
            Counters.CountDrop(DropReason.Failed);
            UnattendedWork.Tell($"handling a frame in datapath {Name}", failure);
        }
#pragma warning restore CA1031
    }

    /// <summary>
    /// Gives up what has timed out by the datapath's clock and that no packet came across: incomplete datagrams and
    /// connections. Frames come in between two slices of the connections, of which there may be hundreds of thousands.
    /// </summary>
    public void Expire()
    {
        lock (_lock)
            _processor.Defragmenter.Expire(Clock.Milliseconds);
        int cursor = 0;
        while (ExpireConnections(ref cursor))
        {
            // The lock is free between two slices.
        }
    }

    /// <summary>Takes all flows out of the table, as a FLOW_CMD_DEL without key does.</summary>
    public void FlushFlows()
    {
        lock (_lock)
            _processor.Flows.Flush();
    }

    /// <summary>How many frames given to reassembly came to an outcome.</summary>
    internal ulong Defragmented(DefragmentationOutcome outcome)
    {
        lock (_lock)
            return _processor.Defragmenter.Count(outcome);
    }

    /// <inheritdoc/>
    public IReadOnlyList<DatapathDrop> Drops => DropReasons.Of(Counters);

    /// <inheritdoc/>
    public long Milliseconds => _options.Clock.Milliseconds;

    /// <inheritdoc/>
    public DatapathSupport Support { get; } = new()
    {
        MaskedSet = true,
        Ufid = true,
        Trunc = true,
        CloneAction = true,
        SampleNesting = 10,
        CtEventMask = true,
        CtClear = true,
        CheckPktLen = true,
        CtTimeout = true,
        ExplicitDrop = true,
        MaxVlanHeaders = 2,
        MaxMplsDepth = 3,
        Recirc = true,
        CtState = true,
        CtZone = true,
        CtMark = true,
        CtLabel = true,
        CtStateNat = true,
        CtZeroSnat = true,
        CtOrigTuple = true,
        CtOrigTuple6 = true,
        MaxMeters = MeterTable.MaximumMeters,
        MaxMeterBands = DatapathMeter.MaximumBands,
    };

    /// <summary>Chooses by the packet, as the kernel does with DISPATCH_UPCALL_PER_CPU.</summary>
    public uint UserspacePid(uint inPort) => uint.MaxValue;

    /// <summary>Whether its handlers' queues can still be read.</summary>
    public bool SendsUpcallsHere()
    {
        lock (_lock)
            return !_disposed;
    }

    /// <summary>Does nothing: the datapath is this process's alone.</summary>
    public void ThrowIfLost()
    {
    }

    /// <summary>The same as disposing: requests are answered ENODEV from then on, as by a kernel whose datapath was deleted.</summary>
    public void Delete() => Dispose();

    /// <inheritdoc/>
    public IUpcallSource OpenUpcalls(int handler)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)handler, (uint)HandlerCount, nameof(handler));
        return _upcalls.Open(handler);
    }

    /// <inheritdoc/>
    public IRequestChannel OpenRequests() => new EmbeddedRequestChannel(this);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            _upcalls.Dispose();
        }
    }

    /// <summary>Handles one request; answers go to the queue, but for the result, which is returned.</summary>
    internal Errno Handle(EmbeddedRequest request, AnswerQueue answers)
    {
        RefuseReentry();
        lock (_lock)
        {
            if (_disposed)
                return Errno.NoDevice;
            if (request.IfIndex != IfIndex && request.Family != FamilyIds.Datapath)
                return Errno.NoDevice;
            if (request.Family == FamilyIds.Packet)
                return _packets.Handle(request);
            if (request.Family == FamilyIds.Flow)
                return _flows.Handle(request, answers);
            if (request.Family == FamilyIds.Vport)
                return _vports.Handle(request, answers);
            if (request.Family == FamilyIds.Datapath)
                return _datapaths.Handle(request, answers);
            if (request.Family == FamilyIds.Meter)
                return _meters.Handle(request, answers);
            return request.Family == FamilyIds.CtLimit ? _ctLimits.Handle(request, answers) : Errno.NoEntry;
        }
    }

    /// <summary>Lets the outputs send what requests have given them.</summary>
    internal void FlushOutputs()
    {
        lock (_lock)
        {
            if (!_disposed)
                _processor.FlushOutputs();
        }
    }

    /// <summary>Has the connection tracker to itself for a while.</summary>
    internal T WithConnections<T>(Func<ConnectionTracker, T> function)
    {
        lock (_lock)
            return function(_processor.Connections);
    }

    /// <summary>Begins a dump, or returns null for a family that has none.</summary>
    internal EmbeddedDump? BeginDump(EmbeddedRequest request)
    {
        lock (_lock)
        {
            uint sequence = request.Sequence;
            if (request.Family == FamilyIds.Flow)
                return EmbeddedDump.OfFlows(_processor.Flows.Snapshot(), _flows, sequence, FlowFamily.OmissionsOf(request));
            if (request.Family == FamilyIds.Vport)
                return EmbeddedDump.OfPorts(_processor.Ports.Snapshot(), _vports, sequence);
            return request.Family == FamilyIds.Datapath ? EmbeddedDump.OfDatapath(_datapaths, sequence) : null;
        }
    }

    /// <summary>Writes the next parts of a dump while <paramref name="room"/> bytes suffice.</summary>
    internal void ContinueDump(EmbeddedDump dump, AnswerQueue answers, int room)
    {
        lock (_lock)
            dump.Continue(answers, room);
    }

    private bool ExpireConnections(ref int cursor)
    {
        const int Slice = 1024;
        lock (_lock)
            return _processor.Connections.Expire(ref cursor, Slice, Clock.Milliseconds);
    }

    /// <summary>The lock would let a port's output in, in the middle of a packet, whose buffers it would overwrite.</summary>
    private void RefuseReentry()
    {
        if (_lock.IsHeldByCurrentThread)
            throw new InvalidOperationException($"The output of a port of {Name} called the datapath.");
    }
}
