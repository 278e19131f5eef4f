using System.Collections.Immutable;
using System.Text;
using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Takes one off the TTL: <c>dec_ttl</c>, or <c>dec_ttl(1,2)</c> with the controllers to tell when it would become 0. Such a packet
/// ends its list of actions.
/// </summary>
internal sealed class DecrementTtlAction(ImmutableArray<ushort> controllers) : OpenFlowAction
{
    private static readonly ImmutableArray<ushort> _anyController = [0];

    public static OpenFlowAction Parse(string name, ref ActionArguments arguments)
    {
        ImmutableArray<ushort>.Builder controllers = ImmutableArray.CreateBuilder<ushort>();
        for (arguments.Cursor.SkipSeparators(); arguments.Present; arguments.Cursor.SkipSeparators())
            controllers.Add((ushort)arguments.Cursor.TakeNumber("a controller", ushort.MaxValue));
        return new DecrementTtlAction(controllers.Count == 0 ? _anyController : controllers.ToImmutable());
    }

    public override void Format(StringBuilder text, FlowNames? names)
    {
        text.Append("dec_ttl");
        if (!controllers.SequenceEqual(_anyController))
            text.Append('(').AppendJoin(',', controllers).Append(')');
    }

    internal override ActionProblem? Check(ref ActionCheck check)
    {
        if (!check.Holds(FieldPrerequisite.Ip))
            check.NeedsOpenFlow10("dec_ttl", FieldPrerequisite.Ip.Describe());
        return null;
    }

    internal override bool Translate(ref XlateContext context, bool last)
    {
        ref FlowKey flow = ref context.Flow.Key;
        if (flow.EthType is not (EtherTypes.Ipv4 or EtherTypes.Ipv6))
            return true;
        context.Wildcards.Key.NwTtl = byte.MaxValue;
        context.Wildcards.Key.NwProto = byte.MaxValue;
        if (flow.NwTtl > 1)
        {
            flow.NwTtl--;
            return true;
        }

        context.Observer?.Noted(TranslationNote.TtlExceeded, flow.EthType == EtherTypes.Ipv4 ? 4u : 6u);
        foreach (ushort controller in controllers)
            context.SendToController(new ControllerRequest(ushort.MaxValue, ControllerReason.InvalidTtl, controller), []);
        return false;
    }
}
