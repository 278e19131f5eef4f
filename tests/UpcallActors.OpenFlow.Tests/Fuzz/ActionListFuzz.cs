using System.Text;

namespace UpcallActors.OpenFlow.Tests;

/// <summary>Fuzz target: any text is a list of actions or is refused at a place in it; what is read prints as what reads the same, and can be translated.</summary>
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
        var bridge = new TestSwitch("priority=1,actions=drop\n" + "table=0,priority=2,actions=" + printed);
        bridge.Translate(Packets.Tcp());
        bridge.Translate(Packets.Ipv6(58).Tagged(5));
    }
}
