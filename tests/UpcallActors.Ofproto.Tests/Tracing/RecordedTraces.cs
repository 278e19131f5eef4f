using System.Globalization;
using System.Text.RegularExpressions;
using UpcallActors.Odp.Text;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

/// <summary>What the real ovs-vswitchd answered to <c>ofproto/trace</c>, and the bridges it had.</summary>
public sealed partial class RecordedTraces
{
    private const uint Remote = 0xac1f0101; // 172.31.1.1, the far end of the recorded tunnel

    private static readonly string _root = Path.Combine(AppContext.BaseDirectory, "captures");

    /// <summary>The scenarios.</summary>
    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Path.Combine(_root, "traces"), "*.traces.txt")
            .Select(path => Path.GetFileName(path)[..^".traces.txt".Length]).Order(StringComparer.Ordinal);

    /// <summary>Arguments and answer of each call.</summary>
    public static IEnumerable<(string[] Arguments, string Answer)> Of(string name)
    {
        string text = File.ReadAllText(Path.Combine(_root, "traces", name + ".traces.txt"));
        foreach (string call in ("\n" + text).Split("\n## ", StringSplitOptions.RemoveEmptyEntries))
        {
            int end = call.IndexOf('\n', StringComparison.Ordinal);
            yield return (call[..end].Split(' '), call[(end + 1)..].TrimEnd('\n') + "\n");
        }
    }

    /// <summary>The bridges.</summary>
    internal static Bridge[] Bridges(string name)
    {
        string flows = name == "actions"
            ? Path.Combine(_root, "traces", "actions.flows.of")
            : Path.Combine(_root, "linux-7.2", name + ".flows.of");
        var tables = new FlowTables();
        FlowFile file = FlowSyntax.ParseFile(File.ReadAllText(flows), name);
        file.Errors.ShouldBeEmpty();
        tables.Apply([.. file.Changes]);
        var local = new BridgePort(OpenFlowPorts.Local, 1, "br0");
        if (name != "vxlan-fragmentation")
            return [new Bridge("br0", FailMode.Secure, tables, [local, new BridgePort(1, 2, "ovs-p0"), new BridgePort(2, 3, "ovs-p1")])];
        var tunnel = new BridgePort(1, 4, "at_vxlan0") { Tunnel = new TunnelPort { RemoteIpv4 = Remote } };
        var underlay = new Bridge("br-underlay", FailMode.Standalone, StandaloneTables.Make(),
            [new BridgePort(OpenFlowPorts.Local, 2, "br-underlay"), new BridgePort(1, 3, "ovs-p0")]);
        return [new Bridge("br0", FailMode.Standalone, tables, [local, tunnel]), underlay];
    }

    /// <summary>
    /// Takes out what depends on the daemon's life and not on the packet: the numbers of recirculation ids, which count up, in the order
    /// in which they are met; and what is otherwise here: fields of tunnels that this project does not have, and who gets what is sent up.
    /// </summary>
    public static string Normalize(string answer)
    {
        var ids = new List<string>();
        string numbered = RecirculationIds().Replace(answer, match =>
        {
            string number = match.Groups["id"].Value;
            uint id = number.StartsWith("0x", StringComparison.Ordinal)
                ? uint.Parse(number[2..], NumberStyles.HexNumber, null)
                : uint.Parse(number, null);
            if (id == 0)
                return match.Value;
            string key = id.ToString(CultureInfo.InvariantCulture);
            if (!ids.Contains(key))
                ids.Add(key);
            return $"{match.Groups["before"].Value}#{ids.IndexOf(key)}";
        });
        return PortIds().Replace(numbered, "userspace(pid=0,")
            .Replace("tun_erspan_ver=0,gtpu_flags=0,gtpu_msgtype=0,", "", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"userspace\(pid=\d+,")]
    private static partial Regex PortIds();

    [GeneratedRegex(@"(?<before>recirc_id=|recirc\()(?<id>0x[0-9a-f]+|[0-9]+)")]
    private static partial Regex RecirculationIds();

    /// <summary>The datapath's ports by name.</summary>
    internal sealed class PortNames : IOdpPortNames
    {
        private static readonly string[] _names = ["ovs-system", "br0", "ovs-p0", "ovs-p1"];

        public string? NameOf(uint port) => port < _names.Length ? _names[port] : null;

        public uint? NumberOf(string name) => Array.IndexOf(_names, name) is >= 0 and int port ? (uint)port : null;
    }
}
