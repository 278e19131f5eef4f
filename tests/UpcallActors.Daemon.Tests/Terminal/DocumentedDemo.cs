using UpcallActors.Daemon.Tests.Configuration;

namespace UpcallActors.Daemon.Tests.Terminal;

/// <summary>
/// What a reader of the documentation has: a demo that runs, <c>upcall-actors</c> among the programs, and a folder with the files that
/// the pages name. The demo is started again when a command has ended it.
/// </summary>
public sealed class DocumentedDemo : IAsyncLifetime
{
    private readonly ConfigurationFolder _folder = new();
    private DaemonProcess? _demo;
    private Task<(int Code, string Output, string Errors)>? _end;

    /// <summary>The folder that commands run in.</summary>
    public string Folder => _folder.Root;

    /// <summary>Where the demo has its socket and its pidfile.</summary>
    public string RunDirectory => Path.Combine(Folder, "run");

    public async Task InitializeAsync()
    {
        _folder.Write("my.conf", DocumentedCommands.Blocks("Run it on captures", "hocon").Single());
        string recording = Path.Combine(DaemonProgram.Folder, "recordings", "linux-7.2", "ipv4-fragmentation");
        foreach (string file in (string[])["p0.pcap", "p1.pcap", "flows.of"])
            File.Copy($"{recording}.{file}", Path.Combine(Folder, file), overwrite: true);
        string source = Directory.CreateDirectory(Path.Combine(Folder, "src", "UpcallActors.Daemon")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(source, "recordings"), Path.Combine(DaemonProgram.Folder, "recordings"));
        // A command that asks a daemon asks the demo, not one that this machine may have.
        string command = string.Join(' ', DaemonProgram.Command.Select(word => $"'{word}'"));
        string program = _folder.Write("bin/upcall-actors", $"""
            #!/bin/sh
            if {command} "$1" --help 2>/dev/null | grep -q -e --target; then set -- "$@" --target '{RunDirectory}'; fi
            exec {command} "$@"
            """);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await RunsAsync();
    }

    /// <summary>Ends when the demo runs.</summary>
    public async Task RunsAsync()
    {
        if (_end is { IsCompleted: false })
            return;
        _demo?.Dispose();
        string more = _folder.Write("demo.conf", $$"""upcall-actors { run-dir = "{{RunDirectory}}", status.listen = "127.0.0.1:0" }""");
        _demo = DaemonProcess.Start("demo", "--config", more);
        await _demo.WaitForAsync("Status page at ");
        // It is told later than the socket is there, and its log must be read, or it would wait for that.
        _end = _demo.EndAsync();
        await Eventually.HoldsAsync(() => File.Exists(Path.Combine(RunDirectory, "upcall-actors.pid")));
    }

    /// <summary>Ends when the demo has, as it was told to.</summary>
    public async Task EndsAsync() => (await _end!).Code.ShouldBe(0);

    public async Task DisposeAsync()
    {
        if (_end is { IsCompleted: false })
        {
            await _demo!.SignalAsync("TERM");
            await _end;
        }

        _demo?.Dispose();
        _folder.Dispose();
    }
}
