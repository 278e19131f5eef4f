namespace UpcallActors.Unixctl.Tests;

/// <summary>A fact about the real <c>ovs-appctl</c>, skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OvsAppctlFactAttribute : FactAttribute
{
    public OvsAppctlFactAttribute()
    {
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        if (!path.Any(folder => File.Exists(Path.Combine(folder, "ovs-appctl"))))
            Skip = "ovs-appctl is not installed (apt-get install openvswitch-common)";
    }
}
