using UpcallActors.Daemon.Terminal;

namespace UpcallActors.Daemon.Tests.Terminal.Clients;

/// <summary>A command line that is run in this process.</summary>
internal static class ClientRun
{
    public static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var output = new StringWriter();
        var errors = new StringWriter();
        int code = await CommandLine.RunAsync(arguments, output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
