namespace UpcallActors.SystemTests.Live;

/// <summary>
/// A fact about the embedded datapath between real network devices: it needs root and network namespaces with
/// veth and TUN, but no Open vSwitch in the kernel, and is skipped with the reason where one is missing, or a program.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LiveFactAttribute : FactAttribute
{
    private static readonly string[] s_programs = ["ip", "ping", "ethtool"];
    private static readonly Lazy<string?> s_reason = new(Reason);
    private static readonly Lazy<string?> s_noVlan =
        new(() => Try("VLAN", "ip link add a0 type veth peer name a1 && ip link add link a0 name a2 type vlan id 1"));

    public LiveFactAttribute() => Skip = s_reason.Value;

    /// <summary>Whether it needs VLAN devices, which some kernels lack.</summary>
    public bool NeedsVlan
    {
        get;
        set
        {
            field = value;
            if (value)
                Skip ??= s_noVlan.Value;
        }
    }

    private static string? Reason()
    {
        if (!Environment.IsPrivilegedProcess)
            return "network devices can be made by root only";
        if (!File.Exists("/dev/net/tun"))
            return "this kernel has no TUN (modprobe tun)";
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        if (Array.Find(s_programs, one => !Array.Exists(folders, folder => File.Exists(Path.Combine(folder, one)))) is { } missing)
            return $"there is no {missing} (tests/vm/run-system-tests installs it)";

        return Try("veth", "ip link add a0 type veth peer name a1");
    }

    /// <summary>Makes devices in a namespace of its own, which goes with the command.</summary>
    private static string? Try(string kind, string commands)
    {
        (int code, string output) = Command.TryAsync("unshare", "--net", "sh", "-c", commands).GetAwaiter().GetResult();
        return code == 0 ? null : $"no {kind} devices in a network namespace: {output.Trim()}";
    }
}
