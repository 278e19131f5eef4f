using System.Globalization;
using UpcallActors.SystemTests.Harness;
using UpcallActors.SystemTests.Live;

namespace UpcallActors.SystemTests.Control;

/// <summary>Where the daemon's run directory is when none is configured.</summary>
public sealed class RunDirectoryTests
{
    /// <summary>Becomes a program that sees /run empty and without the right to write there.</summary>
    private static readonly string[] s_withoutRun = ["unshare", "--mount", "sh", "-c",
        "mount -t tmpfs -o ro tmpfs /run && exec \"$@\"", "sh"];

    [LiveFact]
    public async Task Without_the_right_to_write_to_run_it_is_its_owners_own_under_the_temporary_folder()
    {
        await using Lab lab = await Lab.CreateAsync();
        LabHost station = await lab.AddStationAsync("p0");
        string file = Path.Combine(lab.Folder, "switch.conf");
        await File.WriteAllTextAsync(file, $$"""
            upcall-actors {
              datapath.type = embedded
              bridges.br0 { fail-mode = standalone, ports.{{station.Port}} { number = 1, type = system } }
            }
            """);
        BackgroundProcess daemon = lab.Own(lab.Switch.Start(
            [.. s_withoutRun, .. DaemonProgram.Command, "run", "--config", file],
            new Dictionary<string, string> { ["TMPDIR"] = lab.Folder }));
        string directory = Path.Combine(lab.Folder, $"upcall-actors-{Environment.UserName}");
        string socket = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"upcall-actors.{daemon.Id}.ctl"));
        await daemon.HasPrintedAsync($"Control socket {socket}");

        File.GetUnixFileMode(directory).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        (await Command.RunAsync("ovs-appctl", "-t", socket, "version")).ShouldStartWith("upcall-actors ");
        await daemon.SignalAsync("TERM");
        (await daemon.ExitAsync()).ShouldBe(0, daemon.Output);
        Directory.GetFiles(directory).ShouldBeEmpty();
    }
}
