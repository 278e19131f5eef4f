namespace UpcallActors.OpenFlow;

/// <summary>Something wrong in flow text, and where: line and column count from 1, the column in characters.</summary>
public sealed record FlowSyntaxError(string? Source, int Line, int Column, string Message)
{
    /// <summary><c>source:line:column: message</c>.</summary>
    public override string ToString() => Source is null ? $"{Line}:{Column}: {Message}" : $"{Source}:{Line}:{Column}: {Message}";
}
