using System.Collections.Immutable;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>
/// Follows a packet through the tables and through conntrack, whose findings are made up
/// (<c>ofproto_trace</c>). Leaves no trace: counts nothing, learns nothing. Thread-safe.
/// </summary>
/// <param name="factory">The bridges.</param>
/// <param name="portNames">Names for the datapath's ports in datapath actions; null prints their numbers.</param>
internal sealed class FlowTracer(OpenFlowTranslatorFactory factory, IOdpPortNames? portNames = null)
{
    // Open vSwitch follows 4,096; for a reader the first ones are enough.
    private const int MostPasses = 64;
    private const int ActionRoom = 64 * 1024;

    /// <summary>
    /// Actions that a packet begins with instead of the tables, as one has that a controller sends; null for one that has come in.
    /// </summary>
    public ActionList? PacketOut { get; init; }

    /// <summary>Whether OpenFlow's ports are called by name, too: <c>--names</c>.</summary>
    public bool NamesPorts { get; init; }

    /// <summary>Traces a packet.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="mru">The largest fragment that the packet was put together from, bytes of layer 3; 0 if it was none.</param>
    /// <param name="connectionStates">What conntrack finds, recirculation
    /// by recirculation; a new connection when there are no more.</param>
    public FlowTrace Trace(TracedPacket packet, ushort mru = 0, params IEnumerable<CtState> connectionStates)
    {
        ArgumentNullException.ThrowIfNull(packet);
        var states = new Queue<CtState>(connectionStates);
        var waiting = new Queue<ForkedPacket>();
        ImmutableArray<TracePass>.Builder passes = ImmutableArray.CreateBuilder<TracePass>();
        passes.Add(Pass(packet, mru, resume: null, waiting));
        while (waiting.TryPeek(out ForkedPacket fork) && passes.Count < MostPasses)
        {
            waiting.Dequeue();
            bool isDefault = !states.TryDequeue(out CtState state);
            if (isDefault)
                state = CtState.Tracked | CtState.New;
            Flow flow = fork.Flow;
            flow.Key.RecircId = fork.RecirculationId;
            flow.Key.CtZone = fork.Zone;
            flow.Key.CtState = state;
            TraceNat? nat = fork.Nat is null ? null : NatSimulation.Apply(fork.Nat, ref flow.Key);
            var resume = new TraceResume(fork.RecirculationId, ConnectionStateText.Format(state), isDefault, nat);
            passes.Add(Pass(packet with { Flow = flow }, mru, resume, waiting));
        }

        return new FlowTrace(passes.DrainToImmutable(), waiting.Count);
    }

    private TracePass Pass(TracedPacket packet, ushort mru, TraceResume? resume, Queue<ForkedPacket> waiting)
    {
        FlowNames? names = NamesPorts ? packet.Bridge.Names : null;
        var recorder = new TraceRecorder(NamesPorts);
        OpenFlowTranslator translator = factory.Observe(recorder, PacketOut);
        byte[] actions = new byte[ActionRoom];
        FlowKey mask = default;
        Translation translation = translator.Translate(packet, mru, actions, ref mask);
        foreach (ForkedPacket fork in recorder.Forks)
            waiting.Enqueue(fork);

        // The pipeline's part comes from the frozen state in the translation, and from the fork here: it is the same.
        Flow start = packet.Flow;
        bool isStarted = translation.Error is not (XlateError.BridgeNotFound or XlateError.NoRecirculationContext);
        Flow end = isStarted ? translator.Final : start;
        // Where a translation fails Open vSwitch shows all that was looked at, as it was.
        Flow looked = isStarted && translation.Error != XlateError.None ? translator.LookedAt : MegaflowMask.InTables(mask);
        return new TracePass
        {
            Resume = resume,
            Flow = PacketText.Format(start, names),
            Nodes = recorder.Finish(),
            FinalFlow = end == start ? null : PacketText.Format(end, names),
            Megaflow = PacketText.Format(start, looked, names),
            DatapathActions = ActionText.Format(actions.AsSpan(0, translation.ActionsLength), portNames),
            Error = translation.Error,
            InstallsFlow = translation.InstallFlow,
        };
    }
}
