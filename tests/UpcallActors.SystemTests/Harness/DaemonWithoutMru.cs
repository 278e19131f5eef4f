using UpcallActors.Daemon.Terminal;

namespace UpcallActors.SystemTests.Harness;

/// <summary>
/// This assembly as a program: the daemon, with a decorator around its datapath that takes the MRU off every upcall. What fails with it
/// fails for want of the MRU, and shows that a test would have noticed.
/// </summary>
internal static class DaemonWithoutMru
{
    /// <summary>The first argument, which says that this is wanted.</summary>
    public const string Argument = "--without-mru";

    public static async Task<int> Main(string[] arguments)
    {
        if (arguments is not [Argument, .. string[] rest])
        {
            await Console.Error.WriteLineAsync($"These are tests: dotnet test. (As a program: {Argument} and the daemon's arguments.)");
            return 2;
        }

        return await CommandLine.RunAsync(rest, Console.Out, Console.Error, datapath => new MruStrippingDatapath(datapath));
    }
}
