namespace UpcallActors.SystemTests;

/// <summary>
/// A fact about the real kernel: it needs root and a kernel whose <c>openvswitch</c> module is loaded, and is skipped with the
/// reason, and the command that runs it all the same, where either is missing.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KernelDatapathFactAttribute : FactAttribute
{
    private const string Instead = "tests/vm/run-system-tests runs this in a guest";

    public KernelDatapathFactAttribute()
    {
        if (!Directory.Exists("/sys/module/openvswitch"))
            Skip = $"this kernel has no openvswitch datapath (modprobe openvswitch); {Instead}";
        else if (!Environment.IsPrivilegedProcess)
            Skip = $"a datapath and namespaces are for root only; {Instead}";
    }
}
