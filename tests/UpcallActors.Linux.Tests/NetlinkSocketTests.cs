using System.Text;

namespace UpcallActors.Linux.Tests;

/// <summary>Two sockets of this process that talk by NETLINK_USERSOCK, and the kernel's route family: both need no privilege.</summary>
public sealed class NetlinkSocketTests
{
    [Fact]
    public void Every_socket_has_a_port_id_of_its_own()
    {
        using var first = new NetlinkSocket(NetlinkProtocol.Generic);
        using var second = new NetlinkSocket(NetlinkProtocol.Generic);
        first.PortId.ShouldNotBe(0u);
        second.PortId.ShouldNotBe(0u);
        second.PortId.ShouldNotBe(first.PortId);
    }

    [Fact]
    public void A_datagram_arrives_with_the_port_id_of_its_sender()
    {
        using var sender = new NetlinkSocket(NetlinkProtocol.UserSocket);
        using var receiver = new NetlinkSocket(NetlinkProtocol.UserSocket);
        sender.Send("hello"u8, receiver.PortId).ShouldBe(Errno.None);
        byte[] buffer = new byte[64];
        receiver.Receive(buffer).ShouldBe(new NetlinkReceipt(Errno.None, 5, sender.PortId, false));
        Encoding.ASCII.GetString(buffer, 0, 5).ShouldBe("hello");
        receiver.Receive(buffer).Error.ShouldBe(Errno.TryAgain);
    }

    [Fact]
    public void A_datagram_longer_than_the_buffer_is_cut_and_told()
    {
        using var sender = new NetlinkSocket(NetlinkProtocol.UserSocket);
        using var receiver = new NetlinkSocket(NetlinkProtocol.UserSocket);
        sender.Send(new byte[100], receiver.PortId).ShouldBe(Errno.None);
        receiver.Receive(new byte[10]).ShouldBe(new NetlinkReceipt(Errno.None, 10, sender.PortId, true));
    }

    [Fact]
    public void A_socket_connected_to_the_kernel_is_deaf_to_other_processes()
    {
        using var sender = new NetlinkSocket(NetlinkProtocol.UserSocket);
        using var receiver = new NetlinkSocket(NetlinkProtocol.UserSocket);
        receiver.ConnectToKernel();
        sender.Send("hello"u8, receiver.PortId).ShouldBe(Errno.ConnectionRefused);
        receiver.Receive(new byte[64]).Error.ShouldBe(Errno.TryAgain);
    }

    [Fact]
    public void Datagrams_of_others_are_thrown_away_and_counted_when_a_batch_is_received()
    {
        using var sender = new NetlinkSocket(NetlinkProtocol.UserSocket);
        using var receiver = new NetlinkSocket(NetlinkProtocol.UserSocket);
        using var slots = new MessageSlots(4);
        sender.Send("one"u8, receiver.PortId).ShouldBe(Errno.None);
        sender.Send("two"u8, receiver.PortId).ShouldBe(Errno.None);
        receiver.Receive(slots, 0, 4, out Errno error).ShouldBe(0);
        error.ShouldBe(Errno.None);
        receiver.ForeignMessages.ShouldBe(2);
        receiver.Receive(slots, 0, 4, out error).ShouldBe(0);
        error.ShouldBe(Errno.TryAgain);
    }

    [Fact]
    public void A_batch_takes_the_kernels_answers_into_one_slot_each_from_the_first_on()
    {
        using var socket = new NetlinkSocket(NetlinkProtocol.Route);
        using var region = new NativeRegion(4096);
        using var slots = new MessageSlots(8);
        var vector = new SendVector(2);
        vector.Append(region, 0, WriteGetLoopback(region.Slice(0, 100), 7));
        vector.Append(region, 2000, WriteGetLoopback(region.Slice(2000, 100), 8));
        socket.Send(vector).ShouldBe(Errno.None);

        socket.Receive(slots, 3, 5, out Errno error).ShouldBe(2);
        error.ShouldBe(Errno.None);
        NetlinkMessage.TryRead(slots.Message(3), out NetlinkMessage first, out _).ShouldBe(NetlinkParseError.None);
        NetlinkMessage.TryRead(slots.Message(4), out NetlinkMessage second, out _).ShouldBe(NetlinkParseError.None);
        first.Sequence.ShouldBe(7u);
        second.Sequence.ShouldBe(8u);
        first.PortId.ShouldBe(socket.PortId);
        slots.IsTruncated(3).ShouldBeFalse();
        socket.ForeignMessages.ShouldBe(0);
    }

    [Fact]
    public void Buffers_grow_and_the_limit_of_a_send_follows_what_the_kernel_gave()
    {
        using var socket = new NetlinkSocket(NetlinkProtocol.Route);
        socket.SetSendBuffer(64 * 1024).ShouldBeGreaterThanOrEqualTo(64 * 1024);
        socket.SetReceiveBuffer(64 * 1024).ShouldBeGreaterThanOrEqualTo(64 * 1024);
        using var region = new NativeRegion(socket.SendLimit + 1);
        var vector = new SendVector(1);
        vector.Append(region, 0, socket.SendLimit);
        socket.Send(vector).ShouldBe(Errno.None);
        vector.Clear();
        vector.Append(region, 0, socket.SendLimit + 1);
        socket.Send(vector).ShouldBe(Errno.MessageSize);
    }

    [Fact]
    public void What_does_not_fit_the_receive_queue_is_counted_and_the_rest_still_arrives()
    {
        using var sender = new NetlinkSocket(NetlinkProtocol.Route);
        sender.SetNoEnobufs();
        sender.SetReceiveBuffer(4096);
        using var region = new NativeRegion(4096);
        int length = WriteGetLoopback(region.Slice(0, 100), 1);
        var vector = new SendVector(1);
        vector.Append(region, 0, length);
        const int Sent = 1000;
        for (int request = 0; request < Sent; request++)
            sender.Send(vector);

        // The answer that is lost makes the request fail, and the answer that says so is lost and counted as well.
        int lost = Sent - Drain(sender);
        lost.ShouldBeInRange(1, Sent - 1);
        sender.TryReadDrops(out uint drops).ShouldBeTrue();
        drops.ShouldBeGreaterThanOrEqualTo((uint)lost);

        sender.Send(vector).ShouldBe(Errno.None);
        Drain(sender).ShouldBe(1);
    }

    [Fact]
    public void A_closed_socket_answers_every_call_with_an_error()
    {
        var socket = new NetlinkSocket(NetlinkProtocol.Generic);
        using var slots = new MessageSlots(1);
        socket.Dispose();
        socket.Descriptor.ShouldBe(-1);
        socket.Send("x"u8).ShouldBe(Errno.BadDescriptor);
        socket.Receive(new byte[1]).Error.ShouldBe(Errno.BadDescriptor);
        socket.Receive(slots, 0, 1, out Errno error).ShouldBe(0);
        error.ShouldBe(Errno.BadDescriptor);
        socket.TryReadDrops(out _).ShouldBeFalse();
    }

    [Fact]
    public void Sending_memory_that_was_disposed_is_refused()
    {
        using var socket = new NetlinkSocket(NetlinkProtocol.Route);
        var region = new NativeRegion(64);
        var vector = new SendVector(1);
        vector.Append(region, 0, 64);
        region.Dispose();
        Should.Throw<ObjectDisposedException>(() => socket.Send(vector));
    }

    [Fact]
    public void Sending_and_receiving_allocate_nothing()
    {
        using var socket = new NetlinkSocket(NetlinkProtocol.Route);
        using var region = new NativeRegion(4096);
        using var slots = new MessageSlots(4);
        var vector = new SendVector(1);
        vector.Append(region, 0, WriteGetLoopback(region.Slice(0, 100), 1));
        byte[] buffer = new byte[32 * 1024];
        for (int warming = 0; warming < 100; warming++)
            RoundTrip(socket, vector, slots, buffer).ShouldBe(2);

        long before = GC.GetAllocatedBytesForCurrentThread();
        int received = 0;
        for (int round = 0; round < 1000; round++)
            received += RoundTrip(socket, vector, slots, buffer);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        received.ShouldBe(2000);
        allocated.ShouldBe(0);
    }

    /// <summary>RTM_GETLINK of the loopback device, which every network namespace has as number 1.</summary>
    internal static int WriteGetLoopback(Span<byte> buffer, uint sequence)
    {
        var writer = new NetlinkWriter(buffer);
        int start = writer.BeginMessage(type: 18, NetlinkFlags.Request, sequence, 0);
        writer.PutRaw([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        writer.EndMessage(start);
        return writer.Length;
    }

    private static int Drain(NetlinkSocket socket)
    {
        byte[] buffer = new byte[32 * 1024];
        int received = 0;
        NetlinkReceipt receipt;
        while ((receipt = socket.Receive(buffer)).Error == Errno.None)
            received++;
        receipt.Error.ShouldBe(Errno.TryAgain);
        return received;
    }

    private static int RoundTrip(NetlinkSocket socket, SendVector vector, MessageSlots slots, byte[] buffer)
    {
        socket.Send(vector);
        int received = socket.Receive(slots, 0, 4, out _);
        socket.Send(vector);
        return received + (socket.Receive(buffer).Length > 0 ? 1 : 0);
    }
}
