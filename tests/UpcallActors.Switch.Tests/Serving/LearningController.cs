using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace UpcallActors.Switch.Tests;

/// <summary>The real <c>ovs-testcontroller</c>: a learning switch that any bridge may connect to.</summary>
internal sealed class LearningController : IDisposable
{
    private const string Program = "/usr/bin/ovs-testcontroller";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("controller");
    private readonly string _version;
    private Process? _process;

    private LearningController(string version, TlsFiles? tls)
    {
        _version = version;
        string place = $"{FreePort()}";
        Method = tls is null ? $"tcp:127.0.0.1:{place}" : $"ssl:127.0.0.1:{place}";
        Arguments = tls is null
            ? [$"ptcp:{place}:127.0.0.1"]
            :
            [
                $"pssl:{place}:127.0.0.1",
                $"--private-key={tls.PrivateKey}",
                $"--certificate={tls.Certificate}",
                $"--ca-cert={tls.CaCertificate}",
            ];
    }

    /// <summary>Why it cannot run here; null if it can.</summary>
    public static string? Obstacle { get; } =
        File.Exists(Program) ? null : "ovs-testcontroller is not installed (Debian: openvswitch-testcontroller)";

    /// <summary>How a bridge connects to it.</summary>
    public string Method { get; }

    private string[] Arguments { get; }

    /// <summary>Starts it with one version of OpenFlow, over TCP or TLS.</summary>
    public static LearningController Start(string version, TlsFiles? tls = null)
    {
        var controller = new LearningController(version, tls);
        controller.Begin();
        return controller;
    }

    /// <summary>A port of TCP that nothing listens on.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback.MapToIPv6(), 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Starts it again.</summary>
    public void Begin() => _process = Process.Start(new ProcessStartInfo(
        Program, ["-O", _version, .. Arguments, $"--unixctl={_directory.FullName}/ctl", "-vconsole:off", "-vsyslog:off"]))!;

    /// <summary>It dies, and says nothing to anybody.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _directory.Delete(recursive: true);
    }
}

/// <summary>A theory that needs the real controller, skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LearningControllerTheoryAttribute : TheoryAttribute
{
    public LearningControllerTheoryAttribute() => Skip = LearningController.Obstacle;
}
