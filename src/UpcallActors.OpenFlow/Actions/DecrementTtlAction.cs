using System.Collections.Immutable;
using System.Text;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Takes one off the TTL: <c>dec_ttl</c>, or <c>dec_ttl(1,2)</c> with the controllers to tell when it would become 0. Such a packet
/// ends its list of actions.
/// </summary>
internal sealed class DecrementTtlAction(ImmutableArray<ushort> controllers) : OpenFlowAction
{
    private static readonly ImmutableArray<ushort> _anyController = [0];

    internal override ActionKind Kind => ActionKind.DecrementTtl;

    /// <summary>Whom to tell when it would become 0.</summary>
    public ImmutableArray<ushort> Controllers => controllers;

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
}
