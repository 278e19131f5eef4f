namespace UpcallActors.Daemon.Vswitchd;

/// <summary>Open vSwitch's directories, as its packages have them unless the environment names others (lib/dirs.c).</summary>
internal static class OvsDirectories
{
    /// <summary>Sockets and pidfiles.</summary>
    public static string Run => Of("OVS_RUNDIR", "/var/run/openvswitch");

    /// <summary>Logs.</summary>
    public static string Log => Of("OVS_LOGDIR", "/var/log/openvswitch");

    private static string Of(string variable, string otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : otherwise;
}
