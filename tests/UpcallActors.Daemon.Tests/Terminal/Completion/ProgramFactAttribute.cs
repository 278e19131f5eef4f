namespace UpcallActors.Daemon.Tests.Terminal.Completion;

/// <summary>A fact that needs a program, skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProgramFactAttribute : FactAttribute
{
    public ProgramFactAttribute(string program)
    {
        Program = program;
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        if (!path.Any(folder => File.Exists(Path.Combine(folder, program))))
            Skip = $"{program} is not installed";
    }

    public string Program { get; }
}
