using System.Globalization;
using UpcallActors.Daemon.Terminal;
using UpcallActors.SystemTests.Kernel;

namespace UpcallActors.SystemTests.Control;

/// <summary>What tells that the daemon answers upcalls.</summary>
public sealed class ReadinessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("upcall-actors-ctl-").FullName;

    private string PidFile => Path.Combine(_folder, "upcall-actors.pid");

    private string Socket =>
        Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"upcall-actors.{Environment.ProcessId}.ctl"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [KernelDatapathFact]
    public async Task The_pidfile_is_there_once_earlier_flows_are_taken_over_and_the_socket_before()
    {
        await using VethPair wire = await VethPair.CreateAsync("ctl0");
        string file = Path.Combine(_folder, "upcall-actors.conf");
        await File.WriteAllTextAsync(file, $$"""
            upcall-actors {
              datapath { type = kernel, on-exit = delete }
              run-dir = "{{_folder}}"
              bridges.br0.ports.{{wire.Near}} { number = 1, type = system }
            }
            """);
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<int> daemon = CommandLine.RunAsync(["run", "--config", file], Console.Out, Console.Error,
            datapath => new HeldDatapath(datapath, released.Task));
        try
        {
            await Eventually.HoldsAsync(() => File.Exists(Socket) || daemon.IsCompleted, () => "there is no socket");
            (await Command.RunAsync("ovs-appctl", "-t", Socket, "version")).ShouldStartWith("upcall-actors ");
            File.Exists(PidFile).ShouldBeFalse();
        }
        finally
        {
            released.SetResult();
        }

        await Eventually.HoldsAsync(() => File.Exists(PidFile) || daemon.IsCompleted, () => "there is no pidfile");
        await Command.RunAsync("env", $"OVS_RUNDIR={_folder}", "ovs-appctl", "-t", "upcall-actors", "exit");
        (await daemon).ShouldBe(0);
    }
}
