namespace UpcallActors.Daemon.Configuration;

/// <summary>Something wrong with the configuration, and where.</summary>
/// <param name="File">The file as it was named on the command line or in another file.</param>
/// <param name="Line">The line, from 1; 0 when the file as a whole is meant.</param>
/// <param name="Message">What is wrong, for a person.</param>
internal sealed record ConfigurationProblem(string File, int Line, string Message)
{
    /// <summary><c>file:line: message</c>, as compilers print it.</summary>
    public override string ToString() => Line == 0 ? $"{File}: {Message}" : $"{File}:{Line}: {Message}";
}
