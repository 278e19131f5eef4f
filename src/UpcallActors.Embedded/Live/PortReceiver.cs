using System.Diagnostics;
using UpcallActors.Netlink;

namespace UpcallActors.Embedded;

/// <summary>
/// A thread that takes the frames of some ports into a datapath. It sleeps in <c>poll</c> until a frame comes, a port is added or removed, or a second
/// is over: then it counts what was lost, and one of a datapath's threads lets it give up what has timed out.
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
    private readonly Thread _thread;
    private LivePort[] _wanted = [];
    private TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastRound;
    private volatile bool _stopping;

    /// <summary>Starts the thread. <paramref name="keepsTime"/> for one of a datapath's.</summary>
    public PortReceiver(EmbeddedDatapath datapath, int number, bool keepsTime)
    {
        _datapath = datapath;
        _keepsTime = keepsTime;
        _intake = new FrameIntake(datapath);
        _thread = new Thread(Run) { IsBackground = true, Name = $"ports {number}" };
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
        _stopping = true;
        _wake.Signal();
        _thread.Join();
        _wake.Dispose();
    }

    private void Run()
    {
        Span<int> descriptors = stackalloc int[1 + (2 * MostPorts)];
        Span<bool> readable = stackalloc bool[descriptors.Length];
        LivePort[] ports = [];
        int count = 0;
        bool wake = true;
        while (!_stopping)
        {
            if (wake)
            {
                _wake.Reset();
                ports = TakePorts();
                count = Fill(descriptors, ports);
            }

            Readiness.Wait(descriptors[..count], readable, RoundMilliseconds);
            wake = readable[0];
            Receive(ports, descriptors, readable);
            _intake.Submit();
            if (Stopwatch.GetElapsedTime(_lastRound).TotalMilliseconds >= RoundMilliseconds)
                Round(ports);
        }

        lock (_lock)
            _seen.TrySetResult();
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

    private int Fill(Span<int> descriptors, LivePort[] ports)
    {
        int count = 0;
        descriptors[count++] = _wake.Descriptor;
        foreach (LivePort port in ports)
        {
            for (int index = 0; index < port.DescriptorCount; index++)
                descriptors[count++] = port.Descriptor(index);
        }

        return count;
    }

    private void Receive(LivePort[] ports, Span<int> descriptors, Span<bool> readable)
    {
        int place = 1;
        foreach (LivePort port in ports)
        {
            for (int index = 0; index < port.DescriptorCount; index++, place++)
            {
                // One that is no more would be readable for ever.
                if (readable[place] && !port.Receive(index, _intake))
                    descriptors[place] = -1;
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
