using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// The <c>filter=</c> of <c>dpctl/dump-flows</c>: a match in <c>ovs-ofctl</c>'s syntax, over what the datapath flow matches. Ports are the
/// datapath's, by number or name.
/// </summary>
internal sealed class FlowFilter
{
    private readonly Match _match;

    private FlowFilter(Match match) => _match = match;

    /// <summary>Reads a filter.</summary>
    public static bool TryParse(string text, IReadOnlyList<VportMessage> ports, [NotNullWhen(true)] out FlowFilter? filter, [NotNullWhen(false)] out string? problem)
    {
        filter = null;
        problem = null;
        var names = ports.Where(port => port is { Name: not null, PortNo: not null }).ToFrozenDictionary(port => port.Name!, port => port.PortNo!.Value);
        try
        {
            // A deletion is a match and nothing else, but for what picks rules, which a datapath has none of.
            FlowChange change = FlowSyntax.ParseFlow($"delete {text}", names: new FlowNames(names));
            filter = new FlowFilter(change.Match);
            problem = change.Table != null || change.Cookie != null || change.CookieMask != 0 ? "a datapath has neither tables nor cookies" : null;
            return problem == null;
        }
        catch (FlowSyntaxException malformed)
        {
            problem = malformed.Error.Message;
            return false;
        }
    }

    /// <summary>Whether a flow is to be shown: bits that it does not look at count as 0. One that cannot be read is not.</summary>
    public bool Passes(in FlowMessage flow, ReadOnlySpan<byte> message)
    {
        if (OvsFlowKeyReader.TryRead(flow.Key.Of(message), out FlowKey key) != OdpParseError.None)
            return false;
        var whole = new Flow(key);
        if (!flow.Mask.IsPresent)
            return _match.Matches(whole);
        if (OvsFlowKeyReader.TryReadMask(flow.Mask.Of(message), out FlowKey maskKey) != OdpParseError.None)
            return false;
        var mask = new Flow(maskKey);
        return _match.Matches(new Match(whole, mask).ToValue());
    }
}
