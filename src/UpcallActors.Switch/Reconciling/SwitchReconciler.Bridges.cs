using System.Collections.Immutable;
using Akka.Actor;
using UpcallActors.Ofproto;

namespace UpcallActors.Switch;

/// <content>What the OpenFlow server is told.</content>
internal sealed partial class SwitchReconciler
{
    private IActorRef _server = ActorRefs.Nobody;
    private ImmutableArray<BridgeView> _shown = [];
    private Task _bridgesShown = Task.CompletedTask;

    /// <summary>Ends when the OpenFlow server has the bridges as they are, and their sockets are there. Any thread.</summary>
    public Task BridgesShown => Volatile.Read(ref _bridgesShown);

    /// <summary>Who is told of bridges, before anything is done.</summary>
    public void ShowBridgesTo(IActorRef server) => _server = server;

    private void ShowBridges(SwitchState state)
    {
        Dictionary<string, Bridge> bridges = Translators.Bridges.ToDictionary(bridge => bridge.Name, StringComparer.Ordinal);
        ImmutableArray<BridgeView> views =
        [
            .. _sources.Merged.Bridges.Zip(state.Bridges).Select(one => new BridgeView(bridges[one.First.Name], one.First, one.Second)),
        ];
        if (views.SequenceEqual(_shown))
            return;
        _shown = views;
        var settlement = new Settlement(views.Length + 1);
        Volatile.Write(ref _bridgesShown, settlement.Done);
        _server.Tell(new BridgesChanged(views, settlement), ActorRefs.NoSender);
    }
}
