using System.Diagnostics;

namespace UpcallActors.Switch.Tests;

/// <summary>A controller of the real os-ken: an app of ours in its <c>osken-manager</c>, that a bridge may connect to.</summary>
internal sealed class OsKenController : IDisposable
{
    private const string Program = "/usr/bin/osken-manager";

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _log;

    private OsKenController(string app, int version)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Serving", "OsKen");
        int port = LearningController.FreePort();
        Method = $"tcp:127.0.0.1:{port}";
        var start = new ProcessStartInfo(
            Program, ["--ofp-listen-host", "127.0.0.1", "--ofp-tcp-listen-port", $"{port}", Path.Combine(folder, app)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OPENFLOW_VERSION"] = $"{version}";
        start.Environment["PYTHONPATH"] = folder;
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _log = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Why it cannot run here; null if it can.</summary>
    public static string? Obstacle { get; } = File.Exists(Program) ? null : "os-ken is not installed (Debian: python3-os-ken)";

    /// <summary>How a bridge connects to it.</summary>
    public string Method { get; }

    /// <summary>Starts an app, the name of a file here, with one version of OpenFlow: its number on the wire.</summary>
    public static OsKenController Start(string app, int version) => new(app, version);

    /// <summary>The lines that an app prints until it ends by itself.</summary>
    public async Task<IReadOnlyList<string>> ReadLinesAsync()
    {
        string output = await _output;
        await _process.WaitForExitAsync();
        Assert.True(_process.ExitCode == 0, $"{output}\n{await _log}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}

/// <summary>A theory that needs os-ken, and the real switch beside it where it says so; skipped where one is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OsKenTheoryAttribute : TheoryAttribute
{
    private bool _needsRealSwitch;

    public OsKenTheoryAttribute() => Skip = OsKenController.Obstacle;

    /// <summary>Whether <see cref="RealSwitch"/> runs, too.</summary>
    public bool NeedsRealSwitch
    {
        get => _needsRealSwitch;
        set
        {
            _needsRealSwitch = value;
            Skip ??= value ? RealSwitch.Obstacle : null;
        }
    }
}
