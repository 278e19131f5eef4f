using Akka.Actor;

namespace UpcallActors.Switch;

/// <summary>The connections of a bridge, in the order in which they were heard last. Single owner.</summary>
internal sealed class ClientPlaces(int most)
{
    private readonly LinkedList<IActorRef> _order = [];
    private readonly Dictionary<IActorRef, LinkedListNode<IActorRef>> _nodes = [];

    /// <summary>Who has to go before another can enter; null if there is room. It has no place from then on.</summary>
    public IActorRef? MakeRoom()
    {
        if (_order.Count < most)
            return null;
        IActorRef silent = _order.First!.Value;
        Leave(silent);
        return silent;
    }

    /// <summary>Another connection.</summary>
    public void Enter(IActorRef connection) => _nodes.Add(connection, _order.AddLast(connection));

    /// <summary>A connection was heard.</summary>
    public void Touch(IActorRef connection)
    {
        if (!_nodes.TryGetValue(connection, out LinkedListNode<IActorRef>? node))
            return;
        _order.Remove(node);
        _order.AddLast(node);
    }

    /// <summary>A connection has ended.</summary>
    public void Leave(IActorRef connection)
    {
        if (_nodes.Remove(connection, out LinkedListNode<IActorRef>? node))
            _order.Remove(node);
    }
}
