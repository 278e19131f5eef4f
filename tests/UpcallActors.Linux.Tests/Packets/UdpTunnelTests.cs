using System.ComponentModel;
using System.Net.Sockets;

namespace UpcallActors.Linux.Tests.Packets;

/// <summary>Datagrams of tunnels, over the loopback device.</summary>
public sealed class UdpTunnelTests
{
    private const uint Loopback = 0x7f000001;
    private const int Milliseconds = 60_000;
    private static readonly byte[] s_header = [1, 2, 3, 4, 5, 6, 7, 8];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_datagram_arrives_with_the_addresses_and_fields_that_it_was_sent_with(bool checksum)
    {
        using var receiver = new UdpReceiver(isIpv6: false, 0);
        using var sender = new UdpSender(isIpv6: false);
        byte[] payload = Payload(3000);
        var target = new UdpTarget(false, Loopback + 1, Loopback, receiver.Port, 0xb8, 33, DontFragment: true, checksum);
        sender.Send(s_header, payload, target).ShouldBe(Errno.None);
        sender.Send(s_header, [], target with { Source = 0, Tos = 0, Ttl = 0, Checksum = !checksum, DontFragment = false })
            .ShouldBe(Errno.None);

        Queue<Seen> seen = Take(receiver, 2);
        Expect(seen, sender, [.. s_header, .. payload], Loopback + 1, Loopback, 0xb8, 33);
        Expect(seen, sender, s_header, Loopback, Loopback, 0, 64);
    }

    [Ipv6Fact]
    public void A_datagram_over_IPv6_does_too_also_without_checksum()
    {
        using var receiver = new UdpReceiver(isIpv6: true, 0);
        using var sender = new UdpSender(isIpv6: true);
        var target = new UdpTarget(true, 1, 1, receiver.Port, 0x2c, 7, DontFragment: false, Checksum: false);
        sender.Send(s_header, [9], target).ShouldBe(Errno.None);
        sender.Send(s_header, [], target with { Checksum = true, Source = 0 }).ShouldBe(Errno.None);

        Queue<Seen> seen = Take(receiver, 2);
        Expect(seen, sender, [.. s_header, 9], 1, 1, 0x2c, 7);
        Expect(seen, sender, s_header, 1, 1, 0x2c, 7);
    }

    [Fact]
    public void Many_datagrams_wait_and_are_taken_in_order()
    {
        using var receiver = new UdpReceiver(isIpv6: false, 0);
        using var sender = new UdpSender(isIpv6: false);
        var target = new UdpTarget(false, 0, Loopback, receiver.Port, 0, 0, false, false);
        for (byte number = 0; number < 100; number++)
            sender.Send([number], [], target).ShouldBe(Errno.None);
        Take(receiver, 100).Select(seen => seen.Payload[0]).ShouldBe(Enumerable.Range(0, 100).Select(number => (byte)number));
        receiver.Receive().ShouldBe(0);
    }

    [Fact]
    public void What_the_system_refuses_is_told()
    {
        using var receiver = new UdpReceiver(isIpv6: false, 0);
        using var sender = new UdpSender(isIpv6: false);
        Should.Throw<Win32Exception>(() => new UdpReceiver(isIpv6: false, receiver.Port)).NativeErrorCode.ShouldBe((int)Errno.AddressInUse);
        sender.Send(s_header, new byte[65_500], new UdpTarget(false, 0, Loopback, receiver.Port, 0, 0, false, false))
            .ShouldBe(Errno.MessageSize);
        sender.Dispose();
        sender.Send(s_header, [], new UdpTarget(false, 0, Loopback, receiver.Port, 0, 0, false, false)).ShouldBe(Errno.BadDescriptor);
        receiver.Dispose();
        receiver.Receive().ShouldBe(0);
        receiver.Descriptor.ShouldBe(-1);
    }

    [Fact]
    public void The_address_of_ours_that_leads_to_a_destination_is_found() =>
        UdpSender.FindSource(isIpv6: false, Loopback).ShouldBe(Loopback);

    private static void Expect(Queue<Seen> seen, UdpSender sender, byte[] payload, UInt128 source, UInt128 destination, byte tos, byte ttl)
    {
        Seen next = seen.Dequeue();
        next.Payload.ShouldBe(payload);
        (next.Source, next.Destination, next.SourcePort, next.Tos, next.Ttl).ShouldBe((source, destination, sender.Port, tos, ttl));
    }

    private static Queue<Seen> Take(UdpReceiver receiver, int count)
    {
        var taken = new Queue<Seen>();
        while (taken.Count < count)
        {
            Readiness.Wait(receiver.Descriptor, -1, Milliseconds).First.ShouldBeTrue();
            int received = receiver.Receive();
            for (int slot = 0; slot < received; slot++)
            {
                UdpDatagram datagram = receiver[slot];
                datagram.IsCut.ShouldBeFalse();
                taken.Enqueue(new Seen(datagram.Payload.ToArray(), datagram.Source, datagram.Destination, datagram.SourcePort, datagram.Tos,
                    datagram.Ttl));
            }
        }

        return taken;
    }

    private static byte[] Payload(int length) => [.. Enumerable.Range(0, length).Select(index => (byte)(index * 7))];

    private sealed record Seen(byte[] Payload, UInt128 Source, UInt128 Destination, ushort SourcePort, byte Tos, byte Ttl);

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class Ipv6FactAttribute : FactAttribute
    {
        public Ipv6FactAttribute() => Skip = Socket.OSSupportsIPv6 ? null : "this system has no IPv6";
    }
}
