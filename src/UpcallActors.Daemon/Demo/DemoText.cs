using System.Globalization;
using System.Text;
using UpcallActors.Daemon.Configuration;
using UpcallActors.Daemon.Hosting;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Demo;

/// <summary>What the demo says of itself when it begins.</summary>
internal static class DemoText
{
    /// <summary>What runs, and what to try in another terminal.</summary>
    public static string Welcome(DaemonOptions options, string directory)
    {
        UnixctlProgram program = DaemonPrograms.UpcallActors;
        string target = directory == program.DefaultDirectory || directory == program.FallbackDirectory ? "" : $" --target {directory}";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"A switch with {options.Bridges.Count} bridges runs on the embedded datapath. ");
        text.Append("Recorded hosts ping through it until you stop it.\n");
        text.Append("Every ten seconds a host scans ports, faster than its upcalls are answered, so some are lost. ");
        text.Append("Between two scans one packet is slow.\n");
        text.Append("Nothing of this machine is touched. Ctrl-C ends it. In another terminal:\n\n");
        Add($"upcall-actors top{target}", "rates, live");
        Add($"upcall-actors monitor{target}", "a line for each upcall");
        Add($"upcall-actors flows{target}", "the flows in the datapath");
        Add($"upcall-actors trace br0 in_port=1,icmp{target}", "what the tables do to a packet, and why");
        Add($"OVS_RUNDIR={directory} ovs-appctl -t upcall-actors dpif/show", "the same with Open vSwitch's tools");
        if (options.Status.Listen is { } page)
            Add($"http://{page}/", "the status page");
        return text.Append('\n').ToString();

        void Add(string command, string what) => text.Append(CultureInfo.InvariantCulture, $"  {command,-60}  {what}\n");
    }
}
