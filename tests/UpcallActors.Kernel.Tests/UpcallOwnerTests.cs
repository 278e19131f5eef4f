namespace UpcallActors.Kernel.Tests;

public sealed class UpcallOwnerTests
{
    /// <summary>From a Linux 6.1 where ovs-vswitchd, process 812, had a datapath with two handlers.</summary>
    private const string Sockets =
        """
        sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
        00000000d52a3bd7 0   812        00000551 0        0        0     2        0        2871
        0000000046ed30ec 0   0          00000000 0        0        0     2        0        4
        00000000aa13bd70 16  3170893824 00000000 0        0        0     2        0        2901
        00000000bb13bd70 16  812        00000000 0        0        0     2        0        2899
        00000000cc13bd70 16  0          00000000 0        0        0     2        0        7
        00000000dd13bd70 12  3170893825 00000000 0        0        0     2        0        2950
        """;

    [Fact]
    public void A_port_id_of_an_open_generic_socket_is_alive() =>
        UpcallOwner.FindSocket(Sockets, [1, 3170893824]).ShouldBe(new NetlinkSocketEntry(16, 3170893824, 2901));

    [Fact]
    public void A_port_id_that_nobody_has_is_not() => UpcallOwner.FindSocket(Sockets, [4242, 17]).ShouldBeNull();

    [Fact]
    public void A_socket_of_another_family_takes_no_upcalls() => UpcallOwner.FindSocket(Sockets, [3170893825]).ShouldBeNull();

    [Fact]
    public void No_port_id_is_nobodys_although_the_kernel_has_sockets_with_0() => UpcallOwner.FindSocket(Sockets, [0, 0]).ShouldBeNull();

    [Fact]
    public void Nobody_owns_a_datapath_without_port_ids() => UpcallOwner.FindSocket(Sockets, []).ShouldBeNull();

    [Fact]
    public void An_old_kernel_prints_high_port_ids_as_negative_numbers() =>
        UpcallOwner.FindSocket("00000000aa13bd70 16  -4242      00000000 0        0        0     2        0        2901",
            [unchecked((uint)-4242)]).ShouldNotBeNull();

    [Theory]
    [InlineData("")]
    [InlineData("16 5")]
    [InlineData("x 16 5 0 0 0 0 2 0")]
    [InlineData("x y 5 0 0 0 0 2 0 1")]
    [InlineData("x 16 -5000000000 0 0 0 0 2 0 1")]
    [InlineData("x 16 5 0 0 0 0 2 0 inode")]
    public void Lines_that_are_not_understood_are_left_out(string line) => NetlinkSocketEntry.Parse(line).ShouldBeEmpty();

    [Fact]
    public void Further_columns_do_no_harm() =>
        NetlinkSocketEntry.Parse("x 16 5 0 0 0 0 2 0 1 more and more").ShouldBe([new NetlinkSocketEntry(16, 5, 1)]);

    [Fact]
    public void The_owner_is_named_where_it_can_be_and_described_where_it_cannot()
    {
        new UpcallOwner(5, 812, "ovs-vswitchd").ToString().ShouldBe("process 812 (ovs-vswitchd)");
        new UpcallOwner(5).ToString().ShouldContain("netlink port id 5");
    }
}
