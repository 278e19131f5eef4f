using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>Copies what a bridge and its controllers say to each other to those who watch. On the loop's thread.</summary>
internal sealed class SnoopTap
{
    private readonly List<OpenFlowClient> _watchers = [];

    /// <summary>Somebody watches from now on.</summary>
    public void Add(OpenFlowClient watcher) => _watchers.Add(watcher);

    /// <summary>Somebody watches no more.</summary>
    public void Remove(OpenFlowClient watcher) => _watchers.Remove(watcher);

    /// <summary>Copies a message.</summary>
    public void Copy(ReadOnlySpan<byte> message)
    {
        if (_watchers.Count == 0)
            return;
        byte[] copy = message.ToArray();
        foreach (OpenFlowClient watcher in _watchers)
            watcher.Tell(new OutgoingCopy([copy], OpenFlowHeader.Read(copy).Xid));
    }
}
