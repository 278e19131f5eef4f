using Microsoft.Extensions.Logging;

namespace UpcallActors.Unixctl.Tests;

/// <summary>A control socket in a run directory of its own.</summary>
internal sealed class ControlHost : IAsyncDisposable
{
    private readonly string _root;
    private readonly IAsyncDisposable _server;

    private ControlHost(string root, RunDirectory directory, IAsyncDisposable server, LogLines log)
    {
        _root = root;
        Directory = directory;
        _server = server;
        Log = log;
    }

    public RunDirectory Directory { get; }

    public LogLines Log { get; }

    public int Connections => ((ControlServer)_server).Connections;

    public static async Task<ControlHost> StartAsync(
        IEnumerable<ControlCommand> commands, ControlLimits? limits = null, TimeProvider? time = null)
    {
        string root = System.IO.Directory.CreateTempSubdirectory("upcall-actors-ctl-").FullName;
        var log = new LogLines();
        var directory = RunDirectory.Claim(TestedProgram.Value, root);
        ControlSocket socket = await ControlSocket.OpenAsync(directory, log);
        return new ControlHost(root, directory,
            ControlServer.Start(
                socket, new ControlCommandTable(commands, "upcall-actors 0.1.0", log), limits ?? new ControlLimits(), log, time: time),
            log);
    }

    /// <summary>Serves what a daemon serves, who is asked to begin.</summary>
    public static async Task<ControlHost> StartAsync(Func<RunDirectory, ILogger, Task<IAsyncDisposable>> serve)
    {
        string root = System.IO.Directory.CreateTempSubdirectory("upcall-actors-ctl-").FullName;
        var log = new LogLines();
        var directory = RunDirectory.Claim(TestedProgram.Value, root);
        var host = new ControlHost(root, directory, await serve(directory, log), log);
        directory.Announce();
        return host;
    }

    public Task<ControlClient> ConnectAsync() => ControlClient.ConnectAsync(Directory.SocketPath);

    /// <summary>Asks one thing over a connection of its own.</summary>
    public async Task<ControlAnswer> AskAsync(string command, params string[] arguments)
    {
        using ControlClient client = await ConnectAsync();
        try
        {
            return await client.AskAsync(command, arguments);
        }
        catch (InvalidOperationException closed)
        {
            throw new InvalidOperationException($"{closed.Message}; logged: {string.Join(" | ", Log.Lines)}", closed);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Dispose();
        System.IO.Directory.Delete(_root, recursive: true);
    }
}
