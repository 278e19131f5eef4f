namespace UpcallActors.Daemon.Configuration;

/// <summary>Something wrong with the configuration, and where.</summary>
/// <param name="File">The file as it was named on the command line or in another file.</param>
/// <param name="Line">The line, from 1; 0 when the file as a whole is meant.</param>
/// <param name="Message">What is wrong, for a person.</param>
/// <param name="Column">The column, from 1; 0 when the line as a whole is meant.</param>
internal sealed record ConfigurationProblem(string File, int Line, string Message, int Column = 0)
{
    /// <summary><c>file:line: message</c> or <c>file:line:column: message</c>, as compilers print it.</summary>
    public override string ToString() => this switch
    {
        { Line: 0 } => $"{File}: {Message}",
        { Column: 0 } => $"{File}:{Line}: {Message}",
        _ => $"{File}:{Line}:{Column}: {Message}",
    };
}
