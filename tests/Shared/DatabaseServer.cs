using System.Diagnostics;

namespace UpcallActors.Tests;

/// <summary>
/// The real <c>ovsdb-server</c> with an empty database <c>Open_vSwitch</c>, in a directory of its own. It needs no privilege.
/// </summary>
internal sealed class DatabaseServer : IDisposable
{
    /// <summary>The file of the schema.</summary>
    public const string Schema = "/usr/share/openvswitch/vswitch.ovsschema";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ovsdb");
    private Process? _server;

    private DatabaseServer()
    {
    }

    /// <summary>Why it cannot run here; null if it can.</summary>
    public static string? Obstacle { get; } = File.Exists(Schema) && File.Exists("/usr/sbin/ovsdb-server")
        ? null
        : "ovsdb-server is not installed (Debian: openvswitch-switch)";

    /// <summary>Its directory, which is that of a switch's sockets, too.</summary>
    public string Folder => _directory.FullName;

    /// <summary>The file of its socket.</summary>
    public string Socket => Path.Combine(_directory.FullName, "db.sock");

    private string Database => Path.Combine(_directory.FullName, "conf.db");

    private string Control => Path.Combine(_directory.FullName, "ovsdb.ctl");

    /// <summary>Starts it with a database that <c>ovs-vsctl init</c> has prepared.</summary>
    public static async Task<DatabaseServer> StartAsync()
    {
        var server = new DatabaseServer();
        try
        {
            await server.RunAsync("ovsdb-tool", "create", server.Database, Schema);
            await server.BeginAsync();
            await server.ConfigureAsync("--no-wait", "init");
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Starts it again, with what its database has.</summary>
    public async Task BeginAsync()
    {
        _server = Process.Start(Of("ovsdb-server", [Database, $"--remote=punix:{Socket}", $"--unixctl={Control}", "-vconsole:off"]))!;
        await Eventually.HoldsAsync(() => File.Exists(Socket) && File.Exists(Control), () => "ovsdb-server does not listen");
    }

    /// <summary>Ends it as a crash does.</summary>
    public void Kill()
    {
        _server?.Kill();
        _server?.WaitForExit();
        _server?.Dispose();
        _server = null;
        File.Delete(Socket);
        File.Delete(Control);
    }

    /// <summary>Changes the database by <c>ovs-vsctl</c>, which waits for the switch unless it is told <c>--no-wait</c>.</summary>
    public Task<string> ConfigureAsync(params string[] command) => RunAsync("ovs-vsctl", [$"--db=unix:{Socket}", .. command]);

    /// <summary>Says something to the server itself.</summary>
    public Task<string> ControlAsync(params string[] command) => RunAsync("ovs-appctl", ["-t", Control, .. command]);

    /// <summary>Runs a program with this server's directory as that of Open vSwitch; its output.</summary>
    public async Task<string> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(Of(program, arguments))!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {errors}");
        return await output;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _directory.Delete(recursive: true);
    }

    private ProcessStartInfo Of(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string variable in (string[])["OVS_RUNDIR", "OVS_LOGDIR", "OVS_DBDIR", "OVS_SYSCONFDIR"])
            start.Environment[variable] = _directory.FullName;
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin";
        return start;
    }
}
