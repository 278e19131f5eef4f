using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>What a lane's translations need beside the stack, made once per lane and used over and over.</summary>
internal sealed class XlateScratch
{
    /// <param name="lane">Whose it is: the number of the translator.</param>
    public XlateScratch(int lane) => Credited = new RuleCredits(lane);

    /// <summary>The packet as the actions have changed it so far.</summary>
    public Flow Flow;

    /// <summary>The packet as the datapath actions written so far have changed it.</summary>
    public Flow Base;

    /// <summary>Every bit that was looked at.</summary>
    public Flow Wildcards;

    /// <summary>Which bits of <c>CtMark</c> and <c>CtLabels</c> a <c>ct</c> action writes.</summary>
    public FlowKey ConnectionChanges;

    /// <summary>The rules on the way.</summary>
    public readonly RuleCredits Credited;

    /// <summary>What is left of lists that a recirculation interrupts.</summary>
    public readonly LeftActions Left = new();

    /// <summary>Where addresses wait that are to be learned; null where they are learned at once.</summary>
    public List<HeardAddress>? Heard { get; set; }

    /// <summary>The observer of translations; null for none.</summary>
    public ITranslationObserver? Observer { get; init; }

    /// <summary>For asking for a state's id without making a state.</summary>
    public readonly FrozenState Frozen = new();
}
