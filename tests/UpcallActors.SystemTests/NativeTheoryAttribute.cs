namespace UpcallActors.SystemTests;

/// <summary>A theory about the program that ships, native code: skipped where the tests were not given one, or have no debugger.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NativeTheoryAttribute : TheoryAttribute
{
    public NativeTheoryAttribute()
    {
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        if (DaemonProgram.Native is null)
            Skip = "UPCALL_DAEMON names no native daemon (tests/vm/run-system-tests does)";
        else if (!path.Any(folder => File.Exists(Path.Combine(folder, "gdb"))))
            Skip = "there is no gdb (apt-get install gdb)";
    }
}
