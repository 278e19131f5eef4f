using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Hosting;

/// <summary>The programs that the daemon is.</summary>
internal static class DaemonPrograms
{
    /// <summary>The daemon by its own name.</summary>
    public static UnixctlProgram UpcallActors { get; } = new("upcall-actors", "/run/upcall-actors");

    /// <summary>The daemon in Open vSwitch's place.</summary>
    public static UnixctlProgram Vswitchd { get; } = new("ovs-vswitchd", "/var/run/openvswitch");
}
