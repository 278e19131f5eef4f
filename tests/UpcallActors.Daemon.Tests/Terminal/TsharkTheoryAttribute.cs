namespace UpcallActors.Daemon.Tests.Terminal;

/// <summary>A theory about the real <c>tshark</c>, skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TsharkTheoryAttribute : TheoryAttribute
{
    public TsharkTheoryAttribute()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, "tshark"))))
            Skip = "needs tshark";
    }
}
