using System.Diagnostics;
using System.Globalization;
using UpcallActors.Daemon.Tests.Configuration;
using UpcallActors.Unixctl.Tests;

namespace UpcallActors.Daemon.Tests.Vswitchd;

/// <summary>The program by the name <c>ovs-vswitchd</c>, with a run directory of its own. Disposing ends what runs.</summary>
internal sealed class VswitchdProcess : IDisposable
{
    private readonly ConfigurationFolder _folder = new();
    private readonly string _program;

    public VswitchdProcess()
    {
        _program = Path.Combine(Root, "ovs-vswitchd");
        File.CreateSymbolicLink(_program, DaemonProgram.Native ?? Path.Combine(AppContext.BaseDirectory, "upcall-actors"));
        Configuration = _folder.Write("a.conf", """
            upcall-actors {
              datapath { type = embedded, name = nothing }
              bridges.b0.ports.nothing0 { number = 1, type = system }
            }
            """);
    }

    /// <summary>Where all its files are.</summary>
    public string Root => _folder.Root;

    /// <summary>A configuration with a bridge, for any user.</summary>
    public string Configuration { get; }

    /// <summary>Its pidfile.</summary>
    public string PidFile => Path.Combine(Root, "ovs-vswitchd.pid");

    /// <summary>Its log.</summary>
    public string Log => Path.Combine(Root, "ovs-vswitchd.log");

    /// <summary>The process id in the pidfile.</summary>
    public int Id => int.Parse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture);

    /// <summary>The usual name of the control socket.</summary>
    public string Socket => Path.Combine(Root, string.Create(CultureInfo.InvariantCulture, $"ovs-vswitchd.{Id}.ctl"));

    /// <summary>Starts it; outputs are pipes.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(_program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OVS_RUNDIR"] = Root;
        start.Environment["OVS_LOGDIR"] = Root;
        start.Environment["OVS_SYSLOG_METHOD"] = "null";
        start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(new FileInfo(DaemonProgram.Dotnet).ResolveLinkTarget(true)?.FullName
            ?? DaemonProgram.Dotnet);
        return Process.Start(start)!;
    }

    /// <summary>
    /// Runs it until it ends and nobody has its outputs any more: of a detached daemon, until that is ready.
    /// </summary>
    public async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        string said = await output;
        await process.WaitForExitAsync();
        return (process.ExitCode, said, errors);
    }

    /// <summary>Asks it something.</summary>
    public async Task<string> AskAsync(string command, params string[] arguments)
    {
        using ControlClient client = await ControlClient.ConnectAsync(Socket);
        ControlAnswer answer = await client.AskAsync(command, arguments);
        answer.Error.ShouldBeNull();
        return answer.Result.ShouldNotBeNull();
    }

    /// <summary>Sends a signal.</summary>
    public static async Task SignalAsync(int process, string signal)
    {
        using Process kill = Process.Start("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {process}")])!;
        await kill.WaitForExitAsync();
        kill.ExitCode.ShouldBe(0);
    }

    /// <summary>Whether there is a process, which has not ended yet.</summary>
    public static bool IsAlive(int process)
    {
        try
        {
            // Nobody may have waited for one that has.
            string status = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return status[(status.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        // A monitor first, which would start another.
        foreach (string file in Directory.EnumerateFiles(Root, "*.pid").Order(StringComparer.Ordinal))
        {
            if (int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out int id) && IsAlive(id))
                Process.GetProcessById(id).Kill();
        }

        _folder.Dispose();
    }
}
