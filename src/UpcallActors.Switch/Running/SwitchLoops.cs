using Akka.Actor;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch;

/// <summary>The event loops of a running switch, each with a thread of its own.</summary>
internal sealed class SwitchLoops
{
    /// <summary>
    /// A client that adds flows one by one sends the next some 20 us after it was told that the one before is there. In a virtual machine a
    /// sleeping processor needs longer than that to wake.
    /// </summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMicroseconds(50);

    private readonly PipelineLoops _loops;

    /// <summary>Makes them. Throws <see cref="System.ComponentModel.Win32Exception"/> when the process has no descriptor left.</summary>
    public SwitchLoops(ActorSystem system, string datapath)
    {
        _loops = new PipelineLoops(system, $"switch-{datapath}");
        try
        {
            Reconciler = _loops.Add("reconciler");
            OpenFlow = _loops.Add("openflow");
            OpenFlow.Patience = _patience;
        }
        catch
        {
            _loops.Release();
            throw;
        }
    }

    /// <summary>That of the reconciler, whose calls block.</summary>
    public LoopDispatcher Reconciler { get; }

    /// <summary>That of bridges and their OpenFlow connections.</summary>
    public LoopDispatcher OpenFlow { get; }

    /// <summary>Leaves them to another switch. Their actors have ended.</summary>
    public void Release() => _loops.Release();
}
