using System.Collections.Immutable;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Follows a packet through the tables and through conntrack, whose findings are made up (<c>ofproto_trace</c>). Leaves no trace: counts nothing, learns nothing. Thread-safe.
/// </summary>
/// <param name="factory">The bridges.</param>
/// <param name="portNames">Names for the datapath's ports in datapath actions; null prints their numbers.</param>
public sealed class FlowTracer(OpenFlowTranslatorFactory factory, IOdpPortNames? portNames = null)
{
    // Open vSwitch follows 4,096; one who reads is served better by the first of them.
    private const int MostPasses = 64;
    private const int ActionRoom = 64 * 1024;

    /// <summary>
    /// Actions that a packet begins with instead of the tables, as one has that a controller sends; null for one that has come in.
    /// </summary>
    public ActionList? PacketOut { get; init; }

    /// <summary>Traces a packet.</summary>
    /// <param name="key">The packet as a datapath's upcall would have it: <see cref="FlowKey.InPort"/> is the datapath's port.</param>
    /// <param name="mru">The largest fragment that the packet was put together from, bytes of layer 3; 0 if it was none.</param>
    /// <param name="connectionStates">What conntrack finds, recirculation by recirculation; a new connection when there are no more.</param>
    public FlowTrace Trace(in FlowKey key, ushort mru = 0, params IEnumerable<CtState> connectionStates)
    {
        var states = new Queue<CtState>(connectionStates);
        var waiting = new Queue<ForkedPacket>();
        ImmutableArray<TracePass>.Builder passes = ImmutableArray.CreateBuilder<TracePass>();
        passes.Add(Pass(key, mru, resume: null, registers: default, waiting));
        while (waiting.TryPeek(out ForkedPacket fork) && passes.Count < MostPasses)
        {
            waiting.Dequeue();
            bool isDefault = !states.TryDequeue(out CtState state);
            if (isDefault)
                state = CtState.Tracked | CtState.New;
            Flow flow = fork.Flow;
            flow.Key.InPort = key.InPort;
            flow.Key.RecircId = fork.RecirculationId;
            flow.Key.CtZone = fork.Zone;
            flow.Key.CtState = state;
            TraceNat? nat = fork.Nat is null ? null : NatSimulation.Apply(fork.Nat, ref flow.Key);
            passes.Add(Pass(flow.Key, mru, new TraceResume(fork.RecirculationId, ConnectionStateText.Format(state), isDefault, nat), flow, waiting));
        }

        return new FlowTrace(passes.DrainToImmutable(), waiting.Count);
    }

    private TracePass Pass(in FlowKey key, ushort mru, TraceResume? resume, in Flow registers, Queue<ForkedPacket> waiting)
    {
        var recorder = new TraceRecorder();
        OpenFlowTranslator translator = factory.Observe(recorder, PacketOut);
        byte[] actions = new byte[ActionRoom];
        FlowKey mask = default;
        Translation translation = translator.Translate(new UpcallView(key, [], [], new PacketOrigin(mru, 0, 0), PacketCommand.Miss, []), actions, ref mask);
        foreach (ForkedPacket fork in recorder.Forks)
            waiting.Enqueue(fork);

        // The pipeline's part comes from the frozen state in the translation, and from the fork here: it is the same.
        Flow start = registers;
        start.Key = key;
        uint inPort = factory.BridgeSet.TryFindInput(key, out _, out BridgePort? port) ? port.Number : key.InPort;
        start.Key.InPort = inPort;
        Flow end = translation.Error is XlateError.BridgeNotFound or XlateError.NoRecirculationContext ? start : translator.Final;
        return new TracePass
        {
            Resume = resume,
            Flow = PacketText.Format(start),
            Nodes = recorder.Finish(),
            FinalFlow = end == start ? null : PacketText.Format(end),
            Megaflow = PacketText.Format(start, new Flow(mask)),
            DatapathActions = ActionText.Format(actions.AsSpan(0, translation.ActionsLength), portNames),
            Error = translation.Error,
            InstallsFlow = translation.InstallFlow,
        };
    }
}
