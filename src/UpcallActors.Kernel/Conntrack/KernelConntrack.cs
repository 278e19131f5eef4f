using UpcallActors.Linux;
using UpcallActors.Odp;
using Attribute = UpcallActors.Kernel.ConntrackAttribute;

namespace UpcallActors.Kernel;

/// <summary>
/// The connections that the kernel tracks in this process's network namespace, over
/// ctnetlink. They are the host's: zone 0 also holds those that the datapath has no part in.
/// </summary>
internal sealed class KernelConntrack : IConntrack, IDisposable
{
    private const int RequestLength = 256;
    private const string List = "list tracked connections";

    /// <summary>
    /// A dump that was interrupted by a change is not whole, and is asked for again, up to so many times. Then it has failed.
    /// </summary>
    private const int Attempts = 10;

    private readonly INetlinkConversation _netfilter;

    /// <summary>Opens a socket. Throws <see cref="System.ComponentModel.Win32Exception"/> when the system refuses.</summary>
    public KernelConntrack()
        : this(new NetlinkConversation(NetlinkProtocol.Netfilter))
    {
    }

    /// <summary>Asks over a conversation, which it takes over.</summary>
    internal KernelConntrack(INetlinkConversation netfilter) => _netfilter = netfilter;

    /// <inheritdoc/>
    public IReadOnlyList<ConntrackEntry> Dump(ushort? zone)
    {
        List<ConntrackEntry> found = [];
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            found.Clear();
            NetlinkResult result = DumpOnce(zone, found);
            Check(result, List);
            if (!result.WasInterrupted)
                return found;
        }

        Check(new NetlinkResult(Errno.Interrupted), List);
        return [];
    }

    /// <inheritdoc/>
    public void Flush(ushort? zone)
    {
        if (zone is null)
        {
            var writer = new NetlinkWriter(stackalloc byte[RequestLength]);
            int start = ConntrackMessage.Begin(ref writer, Attribute.DeleteMessage, NetlinkFlags.None, Attribute.FamilyUnspecified);
            writer.EndMessage(start);
            Check(_netfilter.Request(writer.Written), "flush tracked connections");
            return;
        }

        // A kernel before 6.8 passes over the zone of a flush and forgets everything; nothing tells which kind this is but trying.
        foreach (ConntrackEntry entry in Dump(zone))
            Delete(entry.Zone, entry.Original, entry.Id);
    }

    /// <inheritdoc/>
    public bool Flush(ushort zone, in ConntrackTuple original) => Delete(zone, original, id: null);

    /// <inheritdoc/>
    public void Dispose() => _netfilter.Dispose();

    private static void Check(NetlinkResult result, string what)
    {
        if (!result.Succeeded)
            throw new DatapathException($"cannot {what}: {result}", result.Error);
    }

    private NetlinkResult DumpOnce(ushort? zone, List<ConntrackEntry> found)
    {
        var writer = new NetlinkWriter(stackalloc byte[RequestLength]);
        int start = ConntrackMessage.Begin(ref writer, Attribute.GetMessage, NetlinkFlags.Dump, Attribute.FamilyUnspecified);
        if (zone is { } wanted)
            writer.PutU16BigEndian(Attribute.Zone, wanted);
        writer.EndMessage(start);
        return _netfilter.Request(writer.Written, answer =>
        {
            // Kernels that do not know how to filter send all.
            if (ConntrackMessage.TryParse(answer, out ConntrackEntry? entry) == NetlinkParseError.None
                && (zone ?? entry!.Zone) == entry!.Zone)
                found.Add(entry);
        });
    }

    /// <summary>With the id of a connection, a later one with the same tuple is let alone.</summary>
    private bool Delete(ushort zone, in ConntrackTuple original, uint? id)
    {
        var writer = new NetlinkWriter(stackalloc byte[RequestLength]);
        int start = ConntrackMessage.Begin(ref writer, Attribute.DeleteMessage, NetlinkFlags.None, ConntrackMessage.FamilyOf(original));
        writer.PutU16BigEndian(Attribute.Zone, zone);
        ConntrackMessage.PutTuple(ref writer, Attribute.Original, original);
        if (id is { } known)
            writer.PutU32BigEndian(Attribute.Id, known);
        writer.EndMessage(start);
        NetlinkResult result = _netfilter.Request(writer.Written);
        if (result.Error == Errno.NoEntry)
            return false;
        Check(result, "forget a tracked connection");
        return true;
    }
}
