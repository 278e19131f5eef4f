namespace UpcallActors.Unixctl.Tests;

/// <summary>The program of the control sockets that tests open. Its own run directory is none that a real daemon has.</summary>
internal static class TestedProgram
{
    public static UnixctlProgram Value { get; } = new("upcall-actors", "/nonexistent/upcall-actors");
}
