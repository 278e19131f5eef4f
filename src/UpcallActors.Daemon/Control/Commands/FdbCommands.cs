using System.Globalization;
using System.Text;
using UpcallActors.OpenFlow;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>The <c>fdb/</c> commands: which station is behind which port (ofproto/ofproto-dpif.c).</summary>
internal sealed class FdbCommands(ControlContext context)
{
    /// <summary>The commands.</summary>
    public IEnumerable<ControlCommand> Commands =>
    [
        new("fdb/show", "bridge", 1, 1, Show),
        new("fdb/flush", "[bridge]", 0, 1, Flush),
        new("fdb/stats-show", "bridge", 1, 1, ShowStatistics),
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
            for (int octet = 5; octet >= 0; octet--)
                text.Append(CultureInfo.InvariantCulture, $"{(byte)(entry.Address >> (8 * octet)):x2}{(octet > 0 ? ":" : "")}");
            text.Append(CultureInfo.InvariantCulture, $"  {(long)entry.Age.TotalSeconds,3}\n");
        }

        return ControlReply.Of(text);
    }

    private ControlReply Flush(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0)
        {
            foreach (Bridge each in context.Translators.Bridges)
                each.MacLearning.Flush();
        }
        else if (context.TryGetBridge(arguments[0], out Bridge? bridge))
        {
            bridge.MacLearning.Flush();
        }
        else
        {
            return BridgeLookup.NoSuchBridge;
        }

        return ControlReply.Of("table successfully flushed");
    }

    private ControlReply ShowStatistics(IReadOnlyList<string> arguments)
    {
        if (!context.TryGetBridge(arguments[0], out Bridge? bridge))
            return BridgeLookup.NoSuchBridge;
        MacLearningTable table = bridge.MacLearning;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Statistics for bridge \"{bridge.Name}\":\n");
        text.Append(CultureInfo.InvariantCulture, $"  Current/maximum MAC entries in the table: {table.Count}/{table.Capacity}\n");
        text.Append("  Current static MAC entries in the table : 0\n");
        text.Append(CultureInfo.InvariantCulture, $"  Total number of learned MAC entries     : {table.Learned}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Total number of expired MAC entries     : {table.Expired}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Total number of evicted MAC entries     : {table.Evicted}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Total number of port moved MAC entries  : {table.Moved}\n");
        return ControlReply.Of(text);
    }
}
