using UpcallActors.Odp;

namespace UpcallActors.Kernel.Tests;

public sealed class KernelAvailabilityTests
{
    [Fact]
    public void Where_there_is_no_module_or_no_privilege_the_reason_is_told_and_opening_says_the_same()
    {
        KernelAvailability found = KernelAvailability.Find();
        bool hasModule = Directory.Exists("/sys/module/openvswitch");
        if (hasModule && Environment.IsPrivilegedProcess)
        {
            found.ShouldBe(new KernelAvailability(true, string.Empty));
            return;
        }

        found.IsAvailable.ShouldBeFalse();
        found.Reason.ShouldContain(hasModule ? "CAP_NET_ADMIN" : "modprobe openvswitch");
        DatapathException refused =
            Should.Throw<DatapathException>(() => KernelDatapath.Open(new KernelDatapathOptions { Name = "no-such-dp" }));
        refused.Message.ShouldContain(hasModule ? "CAP_NET_ADMIN" : "modprobe openvswitch");
    }
}
