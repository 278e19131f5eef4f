using System.Buffers.Binary;
using System.Net;

namespace UpcallActors.Linux.Tests.Routes;

public sealed class HostRoutesTests
{
    private const int Veth = 12;

    private static readonly IPAddress _host = IPAddress.Parse("192.0.2.9");

    [Fact]
    public void A_way_has_a_device_and_a_gateway_unless_it_ends_there()
    {
        Hop(RecordedRoutes.OnLink).ShouldBe(new NextHop(Veth, null));
        Hop(RecordedRoutes.BehindGateway).ShouldBe(new NextHop(Veth, IPAddress.Parse("10.0.0.2")));
        Hop(RecordedRoutes.BehindIpv6Gateway).ShouldBe(new NextHop(Veth, IPAddress.Parse("fe80::2")));
        Hop(RecordedRoutes.Own).ShouldBe(new NextHop(1, null));
    }

    [Fact]
    public void A_neighbour_that_has_answered_has_an_address()
    {
        Address(RecordedRoutes.Neighbour).ShouldBe(0x0200_0000_0002UL);
        Address(RecordedRoutes.SilentNeighbour).ShouldBe(0UL);
    }

    [Fact]
    public void A_neighbour_that_needs_no_address_has_none()
    {
        byte[] neighbour = [.. RecordedRoutes.Neighbour];
        const int State = NetlinkMessage.HeaderLength + 8;
        BinaryPrimitives.WriteUInt16LittleEndian(neighbour.AsSpan(State), 0x40);
        Address(neighbour).ShouldBe(0UL);
    }

    [Fact]
    public void The_question_names_the_address()
    {
        // As Linux 7.2 was asked for the answers above.
        Asked(routes => routes.Find(_host, out _)).ShouldBe(
            "240000001a0000000000000000000000" + "022000000000000000000000" + "08000100c0000209");
        Asked(routes => routes.FindNeighbour(Veth, _host, out _)).ShouldBe(
            "240000001e0000000000000000000000" + "020000000c00000000000000" + "08000100c0000209");
    }

    [Theory]
    [InlineData((int)Errno.NoEntry, (int)Errno.None)]
    [InlineData((int)Errno.NotSupported, (int)Errno.NotSupported)]
    public void A_neighbour_that_nothing_is_known_of_is_no_error(int kernel, int result)
    {
        using var routes = new HostRoutes(new OneAnswer([], new NetlinkResult((Errno)kernel)));
        routes.FindNeighbour(Veth, _host, out ulong address).Error.ShouldBe((Errno)result);
        address.ShouldBe(0UL);
    }

    [Fact]
    public void An_answer_that_makes_no_sense_is_an_error()
    {
        Refused(RecordedRoutes.Neighbour);
        Refused(RecordedRoutes.OnLink[..(NetlinkMessage.HeaderLength + 11)]);
        // Without a device, and with one of two bytes.
        Refused(RecordedRoutes.OnLink[..(NetlinkMessage.HeaderLength + 12)]);
        Refused([.. RecordedRoutes.OnLink[..(NetlinkMessage.HeaderLength + 12)], 6, 0, 4, 0, 12, 0, 0, 0]);
        Refused([.. RecordedRoutes.OnLink[..(NetlinkMessage.HeaderLength + 12)], 99, 0, 4, 0, 12, 0, 0, 0]);
    }

    [Fact]
    public void This_machine_reaches_itself_over_its_loopback_device_and_has_no_neighbour_there()
    {
        using var links = new HostLinks();
        links.List(out IReadOnlyList<Link> all).Succeeded.ShouldBeTrue();
        using var routes = new HostRoutes();
        routes.Find(IPAddress.Loopback, out NextHop? hop).Succeeded.ShouldBeTrue();
        (all.Single(link => link.Index == hop!.Device).Flags & LinkFlags.Loopback).ShouldBe(LinkFlags.Loopback);
        routes.FindNeighbour(hop!.Device, IPAddress.Loopback, out ulong address).Succeeded.ShouldBeTrue();
        (hop.Gateway, address).ShouldBe((null, 0UL));
    }

    private static NextHop? Hop(byte[] answer)
    {
        using var routes = new HostRoutes(new OneAnswer(answer, default));
        routes.Find(_host, out NextHop? hop).Succeeded.ShouldBeTrue();
        return hop;
    }

    private static ulong Address(byte[] answer)
    {
        using var routes = new HostRoutes(new OneAnswer(answer, default));
        routes.FindNeighbour(Veth, _host, out ulong address).Succeeded.ShouldBeTrue();
        return address;
    }

    private static void Refused(byte[] answer)
    {
        byte[] sized = [.. answer];
        BinaryPrimitives.WriteInt32LittleEndian(sized, sized.Length);
        using var routes = new HostRoutes(new OneAnswer(sized, default));
        routes.Find(_host, out NextHop? hop).Error.ShouldBe(Errno.InputOutput);
        hop.ShouldBeNull();
    }

    private static string Asked(Action<HostRoutes> ask)
    {
        var kernel = new OneAnswer([], default);
        using var routes = new HostRoutes(kernel);
        ask(routes);
        return Convert.ToHexStringLower(kernel.Request!);
    }

    /// <summary>A kernel that answers each question with the same.</summary>
    private sealed class OneAnswer(byte[] answer, NetlinkResult result) : INetlinkConversation
    {
        public byte[]? Request { get; private set; }

        NetlinkResult INetlinkConversation.Request(ReadOnlySpan<byte> request, NetlinkAnswerHandler? onAnswer)
        {
            Request = [.. request];
            if (answer.Length > 0)
            {
                NetlinkMessage.TryRead(answer, out NetlinkMessage message, out _).ShouldBe(NetlinkParseError.None);
                onAnswer!(message);
            }

            return result;
        }

        public void Dispose()
        {
        }
    }
}
