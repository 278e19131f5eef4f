namespace UpcallActors.Switch;

/// <summary>Messages that a client has collected, to be done together (<c>struct ofp_bundle</c>).</summary>
/// <param name="flags"><c>OFPBF_*</c>, the same in each message about it.</param>
/// <param name="opened">The message that began it.</param>
internal sealed class Bundle(ushort flags, byte[] opened)
{
    /// <summary>What each message about the bundle has to say again.</summary>
    public ushort Flags => flags;

    /// <summary>The message that began it.</summary>
    public byte[] Opened => opened;

    /// <summary>Whether it takes no more.</summary>
    public bool IsClosed { get; set; }

    /// <summary>When it was heard of last, by its bridge's clock.</summary>
    public long Used { get; set; }

    /// <summary>What was collected: each message, and the one that brought it.</summary>
    public List<(ReceivedMessage Message, byte[] Added)> Messages { get; } = [];
}

/// <summary>The bundles of a client, within what a client may make a bridge remember. Its bridge's.</summary>
internal sealed class BundleTable
{
    /// <summary>Bytes and messages of all bundles together. Open vSwitch has no bound.</summary>
    public const long MostBytes = 64 << 20;

    /// <summary>Messages of all bundles together.</summary>
    public const int MostMessages = 1_000_000;

    private readonly Dictionary<uint, Bundle> _bundles = [];
    private long _bytes;
    private int _messages;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _bundles.Count == 0;

    /// <summary>Finds a bundle.</summary>
    public Bundle? Find(uint id) => _bundles.GetValueOrDefault(id);

    /// <summary>Begins a bundle; null if there is no room for another.</summary>
    public Bundle? Begin(uint id, ushort flags, byte[] opened)
    {
        if (!Takes(opened.Length))
            return null;
        var bundle = new Bundle(flags, opened);
        _bundles.Add(id, bundle);
        Count(1, opened.Length);
        return bundle;
    }

    /// <summary>Adds a message; false if there is no room for it.</summary>
    public bool TryAdd(Bundle bundle, in ReceivedMessage message, byte[] added)
    {
        int bytes = message.Bytes.Length + added.Length;
        if (!Takes(bytes))
            return false;
        bundle.Messages.Add((message, added));
        Count(1, bytes);
        return true;
    }

    /// <summary>Takes a bundle out.</summary>
    public void Remove(uint id)
    {
        if (!_bundles.Remove(id, out Bundle? bundle))
            return;
        Count(-1 - bundle.Messages.Count, -bundle.Opened.Length - bundle.Messages.Sum(one => one.Message.Bytes.Length + one.Added.Length));
    }

    /// <summary>Takes out those that were not heard of for some time; returns the messages that began them.</summary>
    public IReadOnlyList<byte[]> Expire(Func<long, TimeSpan> ageOf, TimeSpan limit)
    {
        (uint Id, byte[] Opened)[] old =
            [.. _bundles.Where(one => ageOf(one.Value.Used) >= limit).Select(one => (one.Key, one.Value.Opened))];
        foreach ((uint id, _) in old)
            Remove(id);
        return [.. old.Select(one => one.Opened)];
    }

    private bool Takes(int bytes) => _messages < MostMessages && _bytes + bytes <= MostBytes;

    private void Count(int messages, long bytes)
    {
        _messages += messages;
        _bytes += bytes;
    }
}
