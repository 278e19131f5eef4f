using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>Forgets the packet's connection: <c>ct_clear</c>.</summary>
internal sealed class ConntrackClearAction : OpenFlowAction
{
    private static readonly ConntrackClearAction _instance = new();

    internal override ActionKind Kind => ActionKind.ConntrackClear;

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments) => _instance;

    public override void Format(StringBuilder text, FlowNames? names) => text.Append("ct_clear");
}
