using UpcallActors.Linux;

namespace UpcallActors.Kernel.Tests;

public sealed class OvsKernelFamiliesTests
{
    [Fact]
    public void They_are_found_where_the_module_is_and_the_kernel_says_so_where_it_is_not()
    {
        using var generic = new NetlinkConversation(NetlinkProtocol.Generic);
        NetlinkResult result = OvsKernelFamilies.TryResolve(generic, out OvsKernelFamilies? families);
        if (Directory.Exists("/sys/module/openvswitch"))
        {
            result.Succeeded.ShouldBeTrue(result.ToString());
            families!.Ids.Packet.ShouldBeGreaterThanOrEqualTo((ushort)16);
            families.VportGroup.ShouldBeGreaterThan(0u);
        }
        else
        {
            result.Error.ShouldBe(Errno.NoEntry);
            families.ShouldBeNull();
        }
    }
}
