namespace UpcallActors.SystemTests;

/// <summary>
/// A fact about the real kernel: it needs root and a kernel whose <c>openvswitch</c> module is loaded, and is skipped with the
/// reason where either is missing.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KernelDatapathFactAttribute : FactAttribute
{
    public KernelDatapathFactAttribute()
    {
        if (!Directory.Exists("/sys/module/openvswitch"))
            Skip = "this kernel has no openvswitch datapath (modprobe openvswitch)";
        else if (!Environment.IsPrivilegedProcess)
            Skip = "a datapath can be looked at by root only";
    }
}
