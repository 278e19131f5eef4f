using System.CommandLine;
using UpcallActors.Unixctl;
using UpcallActors.Web;

namespace UpcallActors.Daemon.Terminal.Clients;

/// <summary>The command <c>show</c>: a summary of the daemon.</summary>
internal static class ShowCommand
{
    /// <summary>Asks for a snapshot. Throws <see cref="DaemonClientException"/> for one that cannot be read.</summary>
    public static async Task<(DaemonSnapshot Snapshot, string Text)> AskAsync(ClientInvocation invocation)
    {
        string text = await invocation.AskAsync("upcall-actors/snapshot");
        return (SnapshotReader.Read(text), text);
    }

    /// <summary>The command.</summary>
    public static Command Build(ClientOptions options)
    {
        var command = new Command("show", "Show a summary of the daemon: datapath, bridges, lanes, upcalls, losses, flows.")
        {
            options.Target,
        };
        command.SetAction((result, cancellation) => ClientInvocation.RunAsync(options, result, async invocation =>
        {
            (DaemonSnapshot snapshot, string text) = await AskAsync(invocation);
            if (invocation.Json)
                await invocation.Output.WriteAsync(text);
            else
                SnapshotText.Write(snapshot, invocation.Output);
        }, cancellation));
        return command;
    }
}
