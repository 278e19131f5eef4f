using UpcallActors.Odp;
using UpcallActors.Pipeline;
using UpcallActors.Switch;

namespace UpcallActors.Hosting;

/// <summary>What runs in an actor system; all of it belongs to the system, which stops and closes it.</summary>
/// <param name="Datapath">The datapath. Channels for requests of one's own may be opened.</param>
/// <param name="Ports">Its ports; null for a datapath of one's own that was given without.</param>
/// <param name="Translators">Who decides about upcalls: an <c>OpenFlowTranslatorFactory</c> when bridges were added.</param>
/// <param name="Pipeline">The pipeline, with its counters, which stay readable after the end.</param>
public sealed record RunningUpcallActors(
    IDatapath Datapath, IDatapathPorts? Ports, IUpcallTranslatorFactory Translators, UpcallPipeline Pipeline)
{
    /// <summary>
    /// The switch, which says what has become of each port and goes on by another configuration; null when the options had neither
    /// bridges nor ports.
    /// </summary>
    public RunningSwitch? Switch { get; init; }
}
