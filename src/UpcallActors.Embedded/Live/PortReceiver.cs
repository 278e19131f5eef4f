using System.Diagnostics;
using UpcallActors.Linux;

namespace UpcallActors.Embedded;

/// <summary>
/// A thread that takes the frames of some ports into a datapath. It sleeps in <c>poll</c> until a frame comes, a port is added or removed,
/// or a second is over. Each second it counts losses, and one of a datapath's threads removes expired connections and datagrams.
/// </summary>
internal sealed class PortReceiver : IDisposable
{
    /// <summary>Ports of one thread; each has at most 2 descriptors.</summary>
    public const int MostPorts = 16;

    private const int RoundMilliseconds = 1000;

    private readonly Lock _lock = new();
    private readonly EmbeddedDatapath _datapath;
    private readonly bool _keepsTime;
    private readonly FrameIntake _intake;
    private readonly EventFd _wake = new();
    private readonly UnattendedThread _thread;
    private readonly int[] _descriptors = new int[1 + (2 * MostPorts)];
    private readonly bool[] _readable = new bool[1 + (2 * MostPorts)];
    private LivePort[] _ports = [];
    private int _count;
    private LivePort[] _wanted = [];
    private TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastRound;

    /// <summary>Starts the thread. <paramref name="keepsTime"/> for one of a datapath's.</summary>
    public PortReceiver(EmbeddedDatapath datapath, int number, bool keepsTime)
    {
        _datapath = datapath;
        _keepsTime = keepsTime;
        _intake = new FrameIntake(datapath);
        _thread = new UnattendedThread($"ports {number}", $"receiving frames ({number})", Turn, _wake.Signal);
        _count = Fill(_ports);
        _thread.Start();
    }

    /// <summary>Ports that it has.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _wanted.Length;
        }
    }

    /// <summary>Begins to receive from a port.</summary>
    public void Add(LivePort port)
    {
        lock (_lock)
            _wanted = [.. _wanted, port];
        _wake.Signal();
    }

    /// <summary>Stops receiving from a port, and waits until it has stopped. False when the port is not one of its.</summary>
    public bool Remove(LivePort port)
    {
        Task seen;
        lock (_lock)
        {
            if (!_wanted.Contains(port))
                return false;
            _wanted = [.. _wanted.Where(other => other != port)];
            seen = _seen.Task;
        }

        _wake.Signal();
        seen.Wait();
        return true;
    }

    /// <summary>Stops the thread and waits for it.</summary>
    public void Dispose()
    {
        _thread.Dispose();
        lock (_lock)
            _seen.TrySetResult();
        _wake.Dispose();
    }

    /// <summary>
    /// Waits for frames and takes them. Should that fail, ports are polled again in the next turn, and frames that were
    /// taken and not handed over go there first.
    /// </summary>
    private void Turn()
    {
        Readiness.Wait(_descriptors.AsSpan(0, _count), _readable, RoundMilliseconds);
        if (_readable[0])
        {
            _wake.Reset();
            _ports = TakePorts();
            _count = Fill(_ports);
            return;
        }

        Receive(_ports);
        _intake.Submit();
        if (Stopwatch.GetElapsedTime(_lastRound).TotalMilliseconds >= RoundMilliseconds)
            Round(_ports);
    }

    private LivePort[] TakePorts()
    {
        lock (_lock)
        {
            _seen.TrySetResult();
            _seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _wanted;
        }
    }

    private int Fill(LivePort[] ports)
    {
        int count = 0;
        _descriptors[count++] = _wake.Descriptor;
        foreach (LivePort port in ports)
        {
            for (int index = 0; index < port.DescriptorCount; index++)
                _descriptors[count++] = port.Descriptor(index);
        }

        return count;
    }

    private void Receive(LivePort[] ports)
    {
        int place = 1;
        foreach (LivePort port in ports)
        {
            for (int index = 0; index < port.DescriptorCount; index++, place++)
            {
                // A deleted one would be readable for ever.
                if (_readable[place] && !port.Receive(index, _intake))
                    _descriptors[place] = -1;
            }
        }
    }

    private void Round(LivePort[] ports)
    {
        _lastRound = Stopwatch.GetTimestamp();
        foreach (LivePort port in ports)
            port.CountLosses();
        if (_keepsTime)
            _datapath.Expire();
    }
}
