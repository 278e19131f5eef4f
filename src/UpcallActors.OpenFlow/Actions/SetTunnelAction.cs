using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Writes the tunnel's key: <c>set_tunnel:0x64</c>, <c>set_tunnel64:0x100000064</c>. The same as <c>set_field:…->tun_id</c>.
/// </summary>
internal sealed class SetTunnelAction(ulong key, bool isWide) : OpenFlowAction
{
    private const string WideName = "set_tunnel64";

    /// <summary>What it writes.</summary>
    public static MatchField Field { get; } = MatchFields.Get("tun_id");

    internal override ActionKind Kind => ActionKind.SetTunnel;

    public ulong Key => key;

    /// <summary>Whether it is said with 64 bits.</summary>
    public bool IsWide => isWide;

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments)
    {
        ulong key = arguments.Cursor.TakeNumber("the tunnel's key");
        return new SetTunnelAction(key, key > uint.MaxValue || name.Equals(WideName, StringComparison.OrdinalIgnoreCase));
    }

    public override void Format(StringBuilder text, FlowNames? names) =>
        text.Append(isWide ? WideName : "set_tunnel").Append(':').Append(NumberText.Hexadecimal(key));
}
