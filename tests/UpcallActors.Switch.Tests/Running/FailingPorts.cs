using UpcallActors.Odp;

namespace UpcallActors.Switch.Tests.Running;

/// <summary>Ports that fail, or hang, when they are listed.</summary>
internal sealed class FailingPorts(IDatapathPorts inner) : IDatapathPorts
{
    private int _failures;

    public event EventHandler? Changed
    {
        add => inner.Changed += value;
        remove => inner.Changed -= value;
    }

    public ManualResetEventSlim? Gate { get; set; }

    public bool IsHanging { get; private set; }

    /// <summary>Whether the next time that devices are to be watched, or a port is to be taken out, fails.</summary>
    public bool FailsToWatch { get; set; }

    public bool FailsToRemove { get; set; }

    public void FailNext(int times) => Volatile.Write(ref _failures, times);

    public DatapathPort Add(PortRequest request, uint? number = null) => inner.Add(request, number);

    public void Watch(IReadOnlySet<string> devices)
    {
        bool fails = FailsToWatch;
        FailsToWatch = false;
        if (fails)
            throw new InvalidOperationException("told to");
        inner.Watch(devices);
    }

    public bool Remove(string name)
    {
        bool fails = FailsToRemove;
        FailsToRemove = false;
        return fails ? throw new InvalidOperationException("told to") : inner.Remove(name);
    }

    public void Set(string name, DeviceSettings settings) => inner.Set(name, settings);

    public IReadOnlyList<DatapathPort> List()
    {
        if (Gate is { } gate)
        {
            IsHanging = true;
            gate.Wait();
        }

        if (Volatile.Read(ref _failures) > 0)
        {
            Interlocked.Decrement(ref _failures);
            throw new InvalidOperationException("told to");
        }

        return inner.List();
    }

    public void Dispose()
    {
    }
}
