using System.Text;

namespace UpcallActors.SystemTests.Harness;

/// <summary>Where a lost packet shows: what a namespace's kernel has counted, for the message of a test that missed one.</summary>
internal static class LossCounters
{
    /// <summary>
    /// Reassembly and drops of IP, receive queues of raw and ping sockets, queues of unresolved neighbours
    /// (<c>unresolved_discards</c>), devices, conntrack, and the datapath where there is one. What a machine does not have is left out.
    /// </summary>
    /// <remarks>
    /// The kernel keeps one table of neighbours for all namespaces, and shows what it counted to the first only: that of process 1.
    /// </remarks>
    private const string Script = """
        echo "# IP"; nstat -as | grep -Ev '^#|Octets|EctPkts'
        echo "# sockets: rx_queue is the second part of the fifth column, drops the last column"
        tail -q -n +2 /proc/net/raw /proc/net/raw6 /proc/net/icmp /proc/net/icmp6
        echo "# neighbours, of all namespaces, then this one's"
        head -v -n -0 /proc/1/net/stat/arp_cache /proc/1/net/stat/ndisc_cache; ip -s neighbour
        echo "# devices"; ip -s link
        echo "# conntrack"; conntrack -S
        echo "# datapaths"; ovs-dpctl -s show
        """;

    /// <summary>The counters now.</summary>
    public static async Task<string> OfAsync(params IEnumerable<NetworkNamespace> namespaces)
    {
        var text = new StringBuilder();
        foreach (NetworkNamespace each in namespaces)
        {
            (_, string output) = await each.TryAsync("sh", "-c", $"({Script}) 2>/dev/null");
            text.AppendLine().Append("## ").AppendLine(each.Name).Append(output);
        }

        return text.ToString();
    }
}
