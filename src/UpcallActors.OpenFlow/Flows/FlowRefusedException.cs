using System.Diagnostics.CodeAnalysis;

namespace UpcallActors.OpenFlow;

/// <summary>A flow that a switch does not take.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Without a reason there is nothing to say.")]
public sealed class FlowRefusedException : ArgumentException
{
    internal FlowRefusedException(int index, ActionProblem problem)
        : base(problem.ToString())
    {
        Index = index;
        Error = problem.Error.Name;
    }

    /// <summary>Which of the changes it was, from 0.</summary>
    public int Index { get; }

    /// <summary>Open vSwitch's name for the error: <c>OFPFMFC_OVERLAP</c>.</summary>
    public string Error { get; }
}
