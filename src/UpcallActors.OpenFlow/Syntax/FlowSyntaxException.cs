using System.Diagnostics.CodeAnalysis;

namespace UpcallActors.OpenFlow;

/// <summary>Flow text that cannot be understood.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors",
    Justification = "Without a position there is nothing to say.")]
public sealed class FlowSyntaxException : FormatException
{
    /// <summary>Says what is wrong and where.</summary>
    public FlowSyntaxException(FlowSyntaxError error)
        : base(error.ToString()) => Error = error;

    /// <summary>What is wrong and where.</summary>
    public FlowSyntaxError Error { get; }

    /// <summary>The line, from 1.</summary>
    public int Line => Error.Line;

    /// <summary>The column, from 1.</summary>
    public int Column => Error.Column;
}
