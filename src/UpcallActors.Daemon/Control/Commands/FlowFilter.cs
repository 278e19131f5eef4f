using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// The <c>filter=</c> of <c>dpctl/dump-flows</c>: packets by a match in <c>ovs-ofctl</c>'s syntax, of which a datapath
/// flow must be met by some. Ports are the
/// datapath's, by number or name.
/// </summary>
internal sealed class FlowFilter
{
    private const ushort VlanPresent = 0x1000;

    private readonly Match _match;

    private FlowFilter(Match match) => _match = match;

    /// <summary>Reads a filter.</summary>
    public static bool TryParse(string text, IReadOnlyList<VportMessage> ports, [NotNullWhen(true)] out FlowFilter? filter,
        [NotNullWhen(false)] out string? problem)
    {
        filter = null;
        problem = null;
        var names = ports.Where(port => port is { Name: not null, PortNo: not null })
            .ToFrozenDictionary(port => port.Name!, port => port.PortNo!.Value);
        try
        {
            // A deletion is a match and nothing else, but for what picks rules, which a datapath has none of.
            FlowChange change = FlowSyntax.ParseFlow($"delete {text}", names: new FlowNames(names));
            filter = new FlowFilter(change.Match);
            problem = change.Table != null || change.Cookie != null || change.CookieMask != 0
                ? "the datapath has neither tables nor cookies"
                : null;
            return problem == null;
        }
        catch (FlowSyntaxException malformed)
        {
            problem = malformed.Error.Message;
            return false;
        }
    }

    /// <summary>
    /// Whether a flow is to be shown: one that some packet meets which the filter describes. What only one of the two
    /// looks at keeps them from nothing
    /// (<c>dpctl_dump_flows</c> masks the filter with the flow's mask). One that cannot be read is not shown.
    /// </summary>
    public bool Passes(in FlowMessage flow, ReadOnlySpan<byte> message)
    {
        if (OvsFlowKeyReader.TryRead(flow.Key.Of(message), out FlowKey key) != OdpParseError.None)
            return false;
        // A filter's in_port is the datapath's port.
        var whole = new Flow(key, inPort: key.DatapathPort);
        // A flow without a mask is met by packets with exactly its key.
        if (!flow.Mask.IsPresent)
            return _match.Matches(whole);
        if (OvsFlowKeyReader.TryReadMask(flow.Mask.Of(message), out FlowKey mask) != OdpParseError.None)
            return false;
        // Without a mask for it a flow of untagged packets has looked whether there is a tag (parse_8021q_onward).
        if ((key.VlanTci & VlanPresent) == 0)
            mask.VlanTci = ushort.MaxValue;
        return new Match(whole, new Flow(mask, inPort: mask.DatapathPort)).Overlaps(_match);
    }
}
