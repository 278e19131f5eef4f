using System.ComponentModel;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Kernel;

/// <summary>
/// A datapath of the kernel's <c>openvswitch</c> module over generic Netlink. It owns the sockets that upcalls
/// come to, one a handler, and watches that they do. Thread-safe; sources and channels belong to one thread each.
/// </summary>
public sealed partial class KernelDatapath : IDatapath
{
    private readonly KernelDatapathOptions _options;
    private readonly NetlinkConversation _generic;
    private readonly DatapathRequests _datapaths;
    private readonly VportRequests _vports;
    private readonly HandlerSocket[] _handlers;
    private readonly UpcallRegistration _registration;
    private readonly UpcallWatchdog _watchdog;
    private readonly KernelConntrack? _conntrack;
    private readonly EventFd _stop = new();
    private readonly UnattendedThread _watch;
    private int _disposed;

    private KernelDatapath(KernelDatapathOptions options, Opened opened)
    {
        _options = options;
        _generic = opened.Generic;
        _datapaths = opened.Datapaths;
        _vports = opened.Vports!;
        _handlers = opened.Handlers;
        _registration = opened.Registration!;
        KernelFamilies = opened.Families;
        IfIndex = opened.IfIndex;
        Features = opened.Features;
        _watchdog = new UpcallWatchdog(options.Name, IfIndex, _datapaths, _handlers, _registration, opened.Lost);
        using (var client = new DatapathClient(this))
            Support = DatapathProbe.Run(client, Families, IfIndex);
        _conntrack = TryOpenConntrack();
        // Not a timer: one that is due wakes four threads, which is most of what a switch without traffic would cost.
        _watch = new UnattendedThread("watchdog", $"watching the upcalls of datapath {options.Name}", Watch, _stop.Signal);
        _watch.Start();
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public string Type => "system";

    /// <inheritdoc/>
    public int IfIndex { get; }

    /// <summary>The module's families, with the multicast group of port changes.</summary>
    internal OvsKernelFamilies KernelFamilies { get; }

    /// <inheritdoc/>
    public OvsFamilies Families => KernelFamilies.Ids;

    /// <summary>What was agreed on with the kernel.</summary>
    internal OvsDatapathFeatures Features { get; }

    /// <inheritdoc/>
    public int HandlerCount => _handlers.Length;

    /// <inheritdoc/>
    public DispatchMode Dispatch => _registration.IsPerCpu ? DispatchMode.PerCpu : DispatchMode.PerVport;

    /// <inheritdoc/>
    public bool StaysWhenClosed => true;

    /// <inheritdoc/>
    public IConntrack? Conntrack => _conntrack;

    /// <inheritdoc/>
    public DatapathSupport Support { get; }

    /// <summary>
    /// The port ids that a vport is to be given: a single 0 where the kernel chooses the handler by the CPU, else those of the handlers.
    /// </summary>
    internal IReadOnlyList<uint> UpcallPids => _registration.VportPids;

    /// <summary>
    /// Receive buffer of a handler's socket as the kernel counts it, in bytes; what it gave may be less than what was asked for.
    /// </summary>
    public int ReceiveBuffer => _handlers.Min(handler => handler.ReceiveBuffer);

    /// <inheritdoc/>
    public Task Lost => _watchdog.Lost;

    /// <inheritdoc/>
    public DatapathLosses Losses
    {
        get
        {
            _watchdog.Look();
            var failures = new Dictionary<uint, ulong>();
            _vports.Dump(out IReadOnlyList<VportMessage> vports);
            foreach (VportMessage vport in vports)
            {
                if (vport.UpcallStats is { } upcalls)
                    failures[vport.PortNo!.Value] = upcalls.Fail;
            }

            return new DatapathLosses(
                [.. _handlers.Select(handler => handler.Drops)], _watchdog.Unreachable, failures,
                _handlers.Sum(handler => handler.ForeignMessages), _watchdog.Registrations);
        }
    }

    /// <inheritdoc/>
    public long UnreachableUpcalls => (long)_watchdog.Unreachable;

    /// <inheritdoc/>
    public uint UserspacePid(uint inPort) => _registration.IsPerCpu ? uint.MaxValue : _handlers[inPort % (uint)_handlers.Length].PortId;

    /// <summary>The datapath's counters now. Throws <see cref="DatapathException"/> when it is gone.</summary>
    internal DatapathStats ReadStats()
    {
        NetlinkResult result = _datapaths.Get(Name, out DatapathMessage? datapath);
        return datapath?.Stats ?? throw new DatapathException($"datapath {Name}: {result}", result.Error);
    }

    /// <summary>
    /// The source reads the handler's socket, which stays open when it is disposed: upcalls go on waiting there for the next source.
    /// </summary>
    public IUpcallSource OpenUpcalls(int handler)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)handler, (uint)HandlerCount, nameof(handler));
        return new KernelUpcallSource(_handlers[handler]);
    }

    /// <summary>Opens a socket. Throws <see cref="Win32Exception"/> when the system has none left.</summary>
    public IRequestChannel OpenRequests() => new KernelRequestChannel(_options.SendBufferBytes, _options.ReceiveBufferBytes);

    /// <summary>
    /// Looks whether upcalls are lost that no socket dropped, and tells the kernel the port ids anew if so, unless a live process
    /// has taken the datapath over. Called every second by a thread of the datapath's own; harmless at any time and from any thread.
    /// </summary>
    public void CheckUpcalls()
    {
        if (Volatile.Read(ref _disposed) == 0)
            _watchdog.Check();
    }

    /// <inheritdoc/>
    public bool SendsUpcallsHere()
    {
        _datapaths.Get(Name, out DatapathMessage? datapath);
        return datapath is not null && _registration.IsIn(datapath);
    }

    /// <inheritdoc/>
    public void Delete()
    {
        ThrowIfLost();
        NetlinkResult result = _datapaths.Delete(IfIndex);
        if (!result.Succeeded)
            throw new DatapathException($"datapath {Name}: cannot delete it: {result}", result.Error);
    }

    /// <inheritdoc/>
    public void ThrowIfLost()
    {
        _watchdog.Look();
        if (_watchdog.LostBecause is { } reason)
            throw new DatapathException(reason);
    }

    /// <summary>Closes the sockets. The datapath stays, with its ports and flows, and packets that match a flow are forwarded.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _watch.Dispose();
        _stop.Dispose();
        foreach (HandlerSocket handler in _handlers)
            handler.Dispose();
        _vports.Dispose();
        _conntrack?.Dispose();
        _generic.Dispose();
    }

    private void Watch()
    {
        if (!Readiness.Wait(_stop.Descriptor, -1, (int)UpcallWatchdog.Interval.TotalMilliseconds).First)
            CheckUpcalls();
    }

    /// <summary>Null where the kernel has no ctnetlink.</summary>
    private static KernelConntrack? TryOpenConntrack()
    {
        try
        {
            return new KernelConntrack();
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
