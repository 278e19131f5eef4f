using System.Globalization;
using System.Text;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>The <c>fdb/</c> commands: which MAC address is behind which port (ofproto/ofproto-dpif.c).</summary>
internal sealed class FdbCommands(ControlContext context)
{
    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("fdb/show", "bridge", 1, 1, Show),
        new("fdb/flush", "[bridge]", 0, 1, Flush),
        new("fdb/stats-show", "bridge", 1, 1, ShowStatistics),
        new("fdb/stats-clear", "[bridge]", 0, 1, ClearStatistics),
        new("fdb/add", "bridge port vlan mac", 4, 4, Add),
        new("fdb/del", "bridge vlan mac", 3, 3, Remove),
    ];

    private ControlReply Show(IReadOnlyList<string> arguments)
    {
        if (!context.TryGetBridge(arguments[0], out Bridge? bridge))
            return BridgeLookup.NoSuchBridge;
        var text = new StringBuilder(" port  VLAN  MAC                Age\n");
        // Who was silent for longest comes first, as in Open vSwitch's list.
        foreach (MacEntry entry in bridge.MacLearning.List().OrderByDescending(entry => entry.Age))
        {
            text.Append(CultureInfo.InvariantCulture, $"{OpenFlowPorts.Format(entry.Port),5}  {entry.Vlan,4}  ");
            text.AppendEthernetAddress(entry.Address);
            if (entry.IsStatic)
                text.Append("  static\n");
            else
                text.Append(CultureInfo.InvariantCulture, $"  {(long)entry.Age.TotalSeconds,3}\n");
        }

        return ControlReply.Of(text);
    }

    private ControlReply Flush(IReadOnlyList<string> arguments) => ForEach(arguments, table => table.Flush(), "table successfully flushed");

    private ControlReply ClearStatistics(IReadOnlyList<string> arguments) =>
        ForEach(arguments, table => table.ClearStatistics(), "statistics successfully cleared");

    private ControlReply ForEach(IReadOnlyList<string> arguments, Action<MacLearningTable> work, string done)
    {
        if (arguments.Count == 0)
        {
            foreach (Bridge each in context.Translators.Bridges)
                work(each.MacLearning);
        }
        else if (context.TryGetBridge(arguments[0], out Bridge? bridge))
        {
            work(bridge.MacLearning);
        }
        else
        {
            return BridgeLookup.NoSuchBridge;
        }

        return ControlReply.Of(done);
    }

    private ControlReply Add(IReadOnlyList<string> arguments)
    {
        if (!context.TryGetBridge(arguments[0], out Bridge? bridge))
            return BridgeLookup.NoSuchBridge;
        if (!EthernetAddressText.TryParse(arguments[3], out ulong address))
            return ControlReply.Error("bad MAC address");
        if (bridge.Ports.FirstOrDefault(port => port.Name == arguments[1]) is not { } port)
            return ControlReply.Error("software error, odp port is present but no ofp port");
        return bridge.MacLearning.TryAddStatic(address, VlanOf(arguments[2]), port.Number)
            ? ControlReply.Empty
            : ControlReply.Error("the table is full");
    }

    private ControlReply Remove(IReadOnlyList<string> arguments)
    {
        if (!context.TryGetBridge(arguments[0], out Bridge? bridge))
            return BridgeLookup.NoSuchBridge;
        if (!EthernetAddressText.TryParse(arguments[2], out ulong address))
            return ControlReply.Error("bad MAC address");
        return bridge.MacLearning.RemoveStatic(address, VlanOf(arguments[1]))
            ? ControlReply.Empty
            : ControlReply.Error("could not find static mac entry");
    }

    /// <summary>As Open vSwitch reads it (<c>atoi</c>): what is no number is 0.</summary>
    private static ushort VlanOf(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort vlan) ? vlan : (ushort)0;

    private ControlReply ShowStatistics(IReadOnlyList<string> arguments)
    {
        if (!context.TryGetBridge(arguments[0], out Bridge? bridge))
            return BridgeLookup.NoSuchBridge;
        MacLearningTable table = bridge.MacLearning;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Statistics for bridge \"{bridge.Name}\":\n");
        text.Append(CultureInfo.InvariantCulture, $"  Current/maximum MAC entries in the table: {table.Count}/{table.Capacity}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Current static MAC entries in the table : {table.StaticCount}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Total number of learned MAC entries     : {table.Learned}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Total number of expired MAC entries     : {table.Expired}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Total number of evicted MAC entries     : {table.Evicted}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Total number of port moved MAC entries  : {table.Moved}\n");
        return ControlReply.Of(text);
    }
}
