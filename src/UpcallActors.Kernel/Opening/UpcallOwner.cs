using System.Globalization;
using UpcallActors.Linux;

namespace UpcallActors.Kernel;

/// <summary>
/// A live receiver of a datapath's upcalls that is not us. Without <see cref="ProcessId"/> it
/// is in a process that cannot be seen from here: another user's, or in another pid namespace.
/// </summary>
/// <param name="PortId">The port id upcalls go to.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="Command">That process's name (<c>comm</c>).</param>
internal sealed record UpcallOwner(uint PortId, int? ProcessId = null, string? Command = null)
{
    /// <inheritdoc/>
    public override string ToString() => ProcessId is { } process
        ? string.Create(CultureInfo.InvariantCulture, $"process {process} ({Command})")
        : string.Create(CultureInfo.InvariantCulture,
            $"a process that cannot be seen from here, perhaps in another container (netlink port id {PortId})");

    /// <summary>
    /// Which of the port ids upcalls go to is an open generic-netlink socket; null when none is. Open sockets are in
    /// <paramref name="netlinkSockets"/>, the text of <c>/proc/net/netlink</c>.
    /// </summary>
    public static NetlinkSocketEntry? FindSocket(string netlinkSockets, IEnumerable<uint> upcallPids)
    {
        var asked = new HashSet<uint>(upcallPids);
        asked.Remove(0);
        foreach (NetlinkSocketEntry socket in NetlinkSocketEntry.Parse(netlinkSockets))
        {
            if (socket.Protocol == (int)NetlinkProtocol.Generic && asked.Contains(socket.PortId))
                return socket;
        }

        return null;
    }

    /// <summary>As <see cref="FindSocket"/> with what the kernel says now, and the socket's process if it can be found.</summary>
    internal static UpcallOwner? Find(IEnumerable<uint> upcallPids)
    {
        uint[] asked = [.. upcallPids];
        return asked.Length != 0 && FindSocket(File.ReadAllText("/proc/net/netlink"), asked) is { } socket ? OfSocket(socket) : null;
    }

    private static UpcallOwner OfSocket(NetlinkSocketEntry socket)
    {
        string link = string.Create(CultureInfo.InvariantCulture, $"socket:[{socket.Inode}]");
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int process)
                && HasOpen(folder, link))
                return new UpcallOwner(socket.PortId, process, CommandOf(folder));
        }

        return new UpcallOwner(socket.PortId);
    }

    /// <summary>Processes end while we look, and others' descriptors may be hidden from us.</summary>
    private static bool HasOpen(string processFolder, string link)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(Path.Combine(processFolder, "fd"))
                .Any(descriptor => new FileInfo(descriptor).LinkTarget == link);
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string CommandOf(string processFolder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(processFolder, "comm")).TrimEnd('\n');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "?";
        }
    }
}
