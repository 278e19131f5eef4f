using UpcallActors.Ofproto;

namespace UpcallActors.Web;

/// <summary>What the tables do to a packet.</summary>
/// <param name="Trace">Pass by pass.</param>
/// <param name="Text">The same as <c>ofproto/trace</c> prints it.</param>
internal sealed record TraceAnswer(FlowTrace Trace, string Text);

/// <summary>Why something was not answered.</summary>
/// <param name="Problem">For people.</param>
internal sealed record ProblemAnswer(string Problem);
