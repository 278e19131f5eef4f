using System.Text;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

/// <summary>
/// Fuzz target: any text is a list of actions or is refused at a place in
/// it; what is read prints as what reads the same, and can be translated.
/// </summary>
public static class ActionListFuzz
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        string text = Encoding.Latin1.GetString(input);
        string printed;
        try
        {
            var cursor = new TextCursor(text);
            printed = ActionList.Parse(ref cursor).ToString();
        }
        catch (FlowSyntaxException exception)
        {
            exception.Column.ShouldBeInRange(1, text.Length + 1);
            return;
        }

        var again = new TextCursor(printed);
        ActionList.Parse(ref again).ToString().ShouldBe(printed);
        Translate("tcp", printed, Packets.Tcp());
        Translate("icmp6,dl_vlan=5", printed, Packets.Ipv6(58).Tagged(5));
    }

    private static void Translate(string match, string actions, UpcallActors.Packets.FlowKey packet)
    {
        string flow = $"priority=2,{match},actions={actions}";
        if (FlowSyntax.ParseFile(flow).Errors is [{ } refused])
        {
            refused.Message.ShouldContain("(OFP");
            return;
        }

        var bridge = new TestSwitch("");
        try
        {
            bridge.Add(flow);
        }
        catch (FlowRefusedException exception)
        {
            exception.Message.ShouldContain("there is no ");
            return;
        }

        bridge.Translate(packet);
    }
}
