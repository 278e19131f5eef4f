using System.CommandLine;
using System.Runtime.InteropServices;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Linux;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Terminal.Clients;

/// <summary>One command to a running daemon: the connection, where the answer goes, and when to end.</summary>
internal sealed class ClientInvocation(DaemonClient client, ParseResult arguments, bool json, CancellationToken stop)
{
    /// <summary>The connection.</summary>
    public DaemonClient Client => client;

    /// <summary>What was typed.</summary>
    public ParseResult Arguments => arguments;

    /// <summary>Whether the answer is JSON.</summary>
    public bool Json => json;

    /// <summary>Where the answer goes. Writing to it ends the command when its reader has gone.</summary>
    public TextWriter Output { get; } = OutputOf(arguments.InvocationConfiguration.Output);

    /// <summary>Where problems go.</summary>
    public TextWriter Errors => arguments.InvocationConfiguration.Error;

    /// <summary>The user has stopped it: Ctrl-C, SIGTERM.</summary>
    public CancellationToken Stop => stop;

    /// <summary>Whether the answer goes to a terminal that can be painted.</summary>
    public bool IsTerminal => ReferenceEquals(arguments.InvocationConfiguration.Output, Console.Out) && !Console.IsOutputRedirected;

    /// <summary>Whether the answer may be coloured: it goes to a terminal, and NO_COLOR is not set (https://no-color.org).</summary>
    public bool HasColours => IsTerminal && Environment.GetEnvironmentVariable("NO_COLOR") is null or ""
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>Asks the daemon.</summary>
    public Task<string> AskAsync(string command, params IReadOnlyList<string> questions) => client.AskAsync(command, questions, stop);

    /// <summary>Connects, does the work, and says what went wrong.</summary>
    public static async Task<int> RunAsync(ClientOptions options, ParseResult arguments, Func<ClientInvocation, Task> work,
        CancellationToken cancellation)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            using DaemonClient client = await DaemonClient.ConnectAsync(
                DaemonPrograms.UpcallActors, options.TargetOf(arguments), stopping.Token);
            var invocation = new ClientInvocation(client, arguments, arguments.GetValue(options.Json), stopping.Token);
            try
            {
                await work(invocation);
            }
            finally
            {
                await invocation.Output.FlushAsync(CancellationToken.None);
            }

            return ExitCode.Success;
        }
        catch (DaemonClientException refused)
        {
            await arguments.InvocationConfiguration.Error.WriteLineAsync($"upcall-actors: {refused.Message}");
            return ExitCode.Failure;
        }
        catch (IOException failure) when (failure.HResult == (int)Errno.BrokenPipe)
        {
            return ExitCode.OutputClosed;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return ExitCode.Success;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopping.Cancel();
        }
    }

    private static TextWriter OutputOf(TextWriter configured) =>
        ReferenceEquals(configured, Console.Out) && Console.IsOutputRedirected ? new StreamWriter(StandardOutput.Open()) : configured;
}
