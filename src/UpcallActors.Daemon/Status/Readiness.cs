using UpcallActors.Kernel;
using UpcallActors.Odp;
using UpcallActors.Pipeline;

namespace UpcallActors.Daemon.Status;

/// <summary>Whether a daemon answers upcalls: the pipeline has started and not begun to end, and the kernel sends upcalls to its handlers. Thread-safe.</summary>
/// <param name="datapath">The datapath.</param>
/// <param name="pipeline">The pipeline over it.</param>
internal sealed class Readiness(IDatapath datapath, UpcallPipeline pipeline)
{
    private volatile bool _draining;

    /// <summary>From now on the daemon is not ready: it finishes what is under way, and ends.</summary>
    public void Drain() => _draining = true;

    /// <summary>Why the daemon is not ready, for people; null when it is. Asks the kernel.</summary>
    public string? Problem()
    {
        if (_draining)
            return "draining: upcalls under way are finished, and the daemon ends";
        if (pipeline.Completion.IsCompleted)
            return "the pipeline has ended";
        if (!pipeline.Started.IsCompletedSuccessfully)
            return "the pipeline has not started: the flows of an earlier run are being taken over";
        return datapath is KernelDatapath kernel && !kernel.SendsUpcallsHere() ? "the kernel does not send upcalls to the handlers: their port ids are not registered" : null;
    }
}
