using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>
/// The arguments of <c>ofproto/trace</c>: <c>[DPNAME] ODP_FLOW</c> or <c>BRIDGE FLOW</c>, each with a frame behind it or not,
/// and options anywhere (<c>parse_flow_and_packet</c> in Open vSwitch's ofproto-dpif-trace.c, whose messages these are).
/// </summary>
internal sealed class TraceArguments
{
    private const string NextState = "--ct-next";
    private const string LargestFragment = "--mru";

    /// <summary>DPNAME or BRIDGE, flow, frame.</summary>
    private const int MostPlain = 3;

    private const int EthernetHeader = 14;

    private readonly List<string> _plain = [];
    private bool _generates;

    private TraceArguments()
    {
    }

    /// <summary>The packet.</summary>
    public TracedPacket Packet { get; private set; } = null!;

    /// <summary>Whether ports go by name in the answer.</summary>
    public bool UsesNames { get; private set; }

    /// <summary>What conntrack finds, recirculation by recirculation.</summary>
    public List<CtState> States { get; } = [];

    /// <summary>The largest fragment that the packet was put together from, 0 for none.</summary>
    public ushort Mru { get; private set; }

    /// <summary>Reads the arguments.</summary>
    public static bool TryParse(IReadOnlyList<string> arguments, ControlContext context, [NotNullWhen(true)] out TraceArguments? parsed,
        [NotNullWhen(false)] out string? problem)
    {
        parsed = new TraceArguments();
        problem = parsed.ReadOptions(arguments) ?? parsed.ReadPacket(context);
        if (problem is null)
            return true;
        parsed = null;
        return false;
    }

    private string? ReadOptions(IReadOnlyList<string> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            switch (argument)
            {
                // A trace here has no side effects, so there is nothing that a packet would be needed for.
                case "-generate" or "--generate":
                    _generates = true;
                    break;
                case "-names" or "--names":
                    UsesNames = true;
                    break;
                case NextState or LargestFragment when i + 1 == arguments.Count:
                    return $"Missing argument for option {argument}";
                case NextState:
                    if (ConnectionStateText.Parse(arguments[++i], out CtState state) is { } problem)
                        return problem;
                    States.Add(state);
                    break;
                case LargestFragment:
                    if (!ushort.TryParse(arguments[++i], NumberStyles.None, CultureInfo.InvariantCulture, out ushort mru))
                        return $"{arguments[i]}: no MRU, which has 0 to 65535 bytes";
                    Mru = mru;
                    break;
                case ['-', ..]:
                    return $"{argument}: unknown option";
                default:
                    if (_plain.Count == MostPlain)
                        return "too many arguments";
                    _plain.Add(argument);
                    break;
            }
        }

        return null;
    }

    private string? ReadPacket(ControlContext context)
    {
        byte[]? frame = null;
        if (!_generates && _plain.Count > 1)
        {
            if (TryReadFrame(_plain[^1], out frame, out string? malformed))
                _plain.RemoveAt(_plain.Count - 1);
            else if (_plain.Count == MostPlain)
                return malformed;
        }

        if (_plain.Count is not (1 or 2))
            return "Syntax error";
        if (ReadFlow(context) is { } problem)
            return problem;
        if (frame is null)
            return null;
        FlowKey key = Packet.Flow.Key;
        if (!KeyExtraction.TryExtract(frame, ref key, out _))
            return "Packet data too short for Ethernet";
        Packet = Packet.With(key);
        return null;
    }

    private string? ReadFlow(ControlContext context)
    {
        if (_plain.Count == 1 || DpctlOptions.IsDatapath(_plain[0], context) || _plain[0] == context.Datapath.Type)
            return ReadDatapathFlow(_plain[^1], context);
        if (!context.TryGetBridge(_plain[0], out Bridge? bridge))
            return $"{_plain[0]}: unknown bridge";
        try
        {
            Packet = PacketSyntax.Parse(_plain[1], bridge);
            return null;
        }
        catch (FlowSyntaxException malformed)
        {
            return $"Bad openflow flow syntax: {_plain[1]}: {malformed.Error.Message}";
        }
    }

    private string? ReadDatapathFlow(string text, ControlContext context)
    {
        using var query = new DatapathQuery(context.Datapath);
        try
        {
            (byte[] attributes, _) = FlowText.Parse(text, PortDescription.Names(query.GetPorts()));
            OdpParseError error = OvsFlowKeyReader.TryRead(attributes, out FlowKey key);
            if (error != OdpParseError.None)
                return $"{text}: no packet has such a key ({error})";
            if (TracedPacket.Of(key, context.Translators) is not { } packet)
                return string.Create(CultureInfo.InvariantCulture, $"no OpenFlow port for datapath port {key.DatapathPort}");
            Packet = packet;
            return null;
        }
        catch (OdpTextException malformed)
        {
            return $"{malformed.Message}{(_plain.Count == 1 ? " (or the bridge name was omitted)" : "")}";
        }
    }

    /// <summary>Reads hexadecimal digits, blanks between bytes or not (<c>eth_from_hex</c>).</summary>
    private static bool TryReadFrame(string text, out byte[]? frame, [NotNullWhen(false)] out string? problem)
    {
        frame = null;
        string digits = text.Replace(" ", "", StringComparison.Ordinal);
        problem = digits.Length % 2 != 0 || !digits.All(char.IsAsciiHexDigit) ? "Trailing garbage in packet data"
            : digits.Length < 2 * EthernetHeader ? "Packet data too short for Ethernet"
            : null;
        if (problem is null)
            frame = Convert.FromHexString(digits);
        return problem is null;
    }
}
