using System.Globalization;

namespace UpcallActors.Kernel;

/// <summary>A line of <c>/proc/net/netlink</c>: an open Netlink socket in this network namespace.</summary>
/// <param name="Protocol">As <see cref="Linux.NetlinkProtocol"/>.</param>
/// <param name="PortId">Its port id.</param>
/// <param name="Inode">By which the process that has it open is found (<c>socket:[…]</c> among its descriptors).</param>
internal readonly record struct NetlinkSocketEntry(int Protocol, uint PortId, ulong Inode)
{
    private const int ProtocolColumn = 1;
    private const int PortIdColumn = 2;
    private const int InodeColumn = 9;
    private const int Columns = 10;

    /// <summary>Reads the text of the file. Lines that are not understood, its heading among them, are left out.</summary>
    public static IReadOnlyList<NetlinkSocketEntry> Parse(string text)
    {
        var entries = new List<NetlinkSocketEntry>();
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (TryParse(line, out NetlinkSocketEntry entry))
                entries.Add(entry);
        }

        return entries;
    }

    private static bool TryParse(ReadOnlySpan<char> line, out NetlinkSocketEntry entry)
    {
        entry = default;
        Span<Range> fields = stackalloc Range[Columns + 1];
        if (line.Split(fields, ' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) < Columns)
            return false;

        // Old kernels print port ids as signed numbers.
        if (!int.TryParse(line[fields[ProtocolColumn]], NumberStyles.None, CultureInfo.InvariantCulture, out int protocol)
            || !long.TryParse(line[fields[PortIdColumn]], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long portId)
            || portId is < int.MinValue or > uint.MaxValue
            || !ulong.TryParse(line[fields[InodeColumn]], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode))
            return false;
        entry = new NetlinkSocketEntry(protocol, unchecked((uint)portId), inode);
        return true;
    }
}
