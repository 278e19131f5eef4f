using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Has a meter drop what comes too fast: <c>meter:3</c>. An instruction up to OpenFlow 1.4, which comes before all actions; an action
/// since.
/// </summary>
internal sealed class MeterAction(uint meter) : OpenFlowAction
{
    /// <summary>The last number that a flow can name (<c>OFPM13_MAX</c>).</summary>
    public const uint Maximum = 0xffff0000;

    internal override ActionKind Kind => ActionKind.Meter;

    public uint Meter => meter;

    internal override bool BeginsList => true;

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments) =>
        new MeterAction((uint)arguments.Cursor.TakeNumber("a meter", uint.MaxValue));

    public override void Format(StringBuilder text, FlowNames? names) => text.Append("meter:").Append(meter);

    internal override ActionProblem? Check(ref ActionCheck check)
    {
        check.NeedsOpenFlow11("a meter");
        return meter is 0 or > Maximum ? new ActionProblem(MeterModFailed.InvalidMeter, $"there can be no meter {meter}") : null;
    }
}
