using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Writes the tunnel's key: <c>set_tunnel:0x64</c>, <c>set_tunnel64:0x100000064</c>. The same as <c>set_field:…->tun_id</c>.
/// </summary>
internal sealed class SetTunnelAction(ulong key, bool isWide) : OpenFlowAction
{
    private const string WideName = "set_tunnel64";
    private static readonly MatchField _field = MatchFields.Get("tun_id");

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments)
    {
        ulong key = arguments.Cursor.TakeNumber("the tunnel's key");
        return new SetTunnelAction(key, key > uint.MaxValue || name.Equals(WideName, StringComparison.OrdinalIgnoreCase));
    }

    public override void Format(StringBuilder text, FlowNames? names) =>
        text.Append(isWide ? WideName : "set_tunnel").Append(':').Append(NumberText.Hexadecimal(key));

    internal override bool Translate(ref XlateContext context, bool last)
    {
        SettableFields.Write(_field, key, _field.Bits, ref context);
        return true;
    }
}
