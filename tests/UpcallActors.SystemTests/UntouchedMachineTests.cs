using System.Diagnostics;
using System.Text.Json;

namespace UpcallActors.SystemTests;

/// <summary>
/// Without a configuration the daemon replays its recordings and leaves the machine alone, also where a kernel datapath is there
/// to be taken.
/// </summary>
public sealed class UntouchedMachineTests
{
    [KernelDatapathFact]
    public async Task Without_a_configuration_no_link_address_datapath_or_flow_of_the_machine_changes()
    {
        await Command.RunAsync("ovs-dpctl", "add-dp", "system@untouched");
        try
        {
            await Command.RunAsync("ovs-dpctl", "add-flow", "system@untouched",
                "in_port(0),eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02),eth_type(0x1234)", "0");
            string before = await StateAsync();
            using Process monitor = Process.Start(new ProcessStartInfo("ip",
                ["monitor", "link", "address", "route", "neigh"])
            { RedirectStandardOutput = true })!;
            Task<string> seen = monitor.StandardOutput.ReadToEndAsync();
            await AwaitListeningAsync(monitor);

            (int code, string output) = await Command.DaemonAsync("run", "--json");
            monitor.Kill();

            code.ShouldBe(0, output);
            (await seen).ShouldBeEmpty();
            (await StateAsync()).ShouldBe(before);
        }
        finally
        {
            await Command.RunAsync("ovs-dpctl", "del-dp", "system@untouched");
        }
    }

    [KernelDatapathFact]
    public async Task The_recordings_replay_identically_beside_a_kernel_datapath()
    {
        (int code, string output) = await Command.DaemonAsync("run", "--json");
        code.ShouldBe(0, output);
        using JsonDocument report =
            JsonDocument.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..(output.LastIndexOf('}') + 1)]);
        report.RootElement.GetProperty("identical").GetBoolean().ShouldBeTrue();
    }

    /// <summary>The monitor has its sockets when the kernel lists one with its process's id as port id.</summary>
    private static async Task AwaitListeningAsync(Process monitor)
    {
        string port = $" {monitor.Id} ";
        while (!(await File.ReadAllTextAsync("/proc/net/netlink")).Contains(port, StringComparison.Ordinal))
        {
            monitor.HasExited.ShouldBeFalse("ip monitor ended");
            await Task.Yield();
        }
    }

    private static async Task<string> StateAsync() =>
        await Command.RunAsync("ip", "-o", "link")
        + await Command.RunAsync("ip", "-o", "address")
        + await Command.RunAsync("ip", "route", "show", "table", "all")
        + await Command.RunAsync("ovs-dpctl", "show", "system@untouched")
        + await Command.RunAsync("ovs-dpctl", "dump-flows", "system@untouched");
}
