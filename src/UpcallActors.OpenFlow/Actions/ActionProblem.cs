namespace UpcallActors.OpenFlow;

/// <summary>Why a flow cannot be taken.</summary>
/// <param name="Error">The error that the switch answers with.</param>
/// <param name="Reason">In words.</param>
/// <param name="Action">Which of the flow's actions it is about, from 0; null if none.</param>
internal sealed record ActionProblem(OpenFlowError Error, string Reason, int? Action = null)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Reason} ({Error})";
}
