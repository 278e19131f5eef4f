namespace UpcallActors.Tests;

/// <summary>
/// The daemon that tests start as a process: the program that <c>UPCALL_DAEMON</c> names, which is the one that ships, native code;
/// otherwise the one that was built with the tests, under .NET's runtime.
/// </summary>
internal static class DaemonProgram
{
    /// <summary>The program that ships; null if the tests were not given one.</summary>
    public static string? Native { get; } = Environment.GetEnvironmentVariable("UPCALL_DAEMON");

    /// <summary>The <c>dotnet</c> that runs the tests: the machine may have no other way to one.</summary>
    public static string Dotnet { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
        ?? (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet");

    /// <summary>A program and its first arguments.</summary>
    public static IReadOnlyList<string> Command { get; } = Native is { } program
        ? [program]
        : [Dotnet, "exec", Path.Combine(AppContext.BaseDirectory, "upcall-actors.dll")];

    /// <summary>The folder that it is in, and the recordings with it.</summary>
    public static string Folder { get; } = Path.GetDirectoryName(Command[^1])!;
}
