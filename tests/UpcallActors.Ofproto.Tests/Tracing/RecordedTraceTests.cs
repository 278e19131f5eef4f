using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>Traces are what the real ovs-vswitchd prints for the same packet in the same bridge.</summary>
public class RecordedTraceTests
{
    public static TheoryData<string> Names => [.. RecordedTraces.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_trace_is_what_ovs_vswitchd_prints(string name)
    {
        int compared = 0;
        var wrong = new List<string>();
        foreach ((string[] arguments, string expected) in RecordedTraces.Of(name))
        {
            // Errors, options of ovs-appctl and frames are the command's, which has tests of its own.
            if (!expected.StartsWith("Flow: ", StringComparison.Ordinal) || arguments.Any(argument => argument is "--names" or "-generate")
                || arguments[^1].All(char.IsAsciiHexDigit))
                continue;
            string actual = RecordedTraces.Normalize(Trace(name, arguments).ToString());
            // A packet's being tracked is looked at by ct_clear, where Open vSwitch's megaflow misses it (XlateContext.ClearTracking).
            if (expected.Contains("ct_clear", StringComparison.Ordinal))
                actual = actual.Replace(",ct_state=-trk,", ",", StringComparison.Ordinal);
            if (actual != RecordedTraces.Normalize(expected))
                wrong.Add($"{string.Join(' ', arguments)}\n--- expected\n{RecordedTraces.Normalize(expected)}--- actual\n{actual}");
            compared++;
        }

        wrong.ShouldBeEmpty();
        compared.ShouldBeGreaterThan(2);
    }

    private static FlowTrace Trace(string name, string[] arguments)
    {
        Bridge[] bridges = RecordedTraces.Bridges(name);
        var factory = new OpenFlowTranslatorFactory(bridges);
        var states = new List<CtState>();
        var plain = new List<string>();
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--ct-next")
            {
                ConnectionStateText.Parse(arguments[++i], out CtState state).ShouldBeNull();
                states.Add(state);
            }
            else
                plain.Add(arguments[i]);
        }

        return new FlowTracer(factory).Trace(Packet(plain, bridges, factory), 0, states);
    }

    private static TracedPacket Packet(List<string> arguments, Bridge[] bridges, OpenFlowTranslatorFactory factory)
    {
        if (bridges.FirstOrDefault(bridge => bridge.Name == arguments[0]) is { } bridge)
            return PacketSyntax.Parse(arguments[1], bridge);
        (byte[] attributes, _) = FlowText.Parse(arguments[^1], new RecordedTraces.PortNames());
        OvsFlowKeyReader.TryRead(attributes, out FlowKey key).ShouldBe(OdpParseError.None);
        return TracedPacket.Of(key, factory).ShouldNotBeNull();
    }
}
