using Akka.Actor;
using UpcallActors.Embedded;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;
using UpcallActors.Pipeline;

namespace UpcallActors.Switch.Tests.PacketIns;

/// <summary>Upcalls for controllers that say nothing to send are counted by why.</summary>
public sealed class UnreadPacketTests : IDisposable
{
    private readonly EmbeddedDatapath _datapath = new(new EmbeddedDatapathOptions { Name = "dp0" });
    private readonly PacketInCounters _counters = new();
    private readonly ControllerQueue _queue = new();

    [Fact]
    public void What_cannot_be_read_is_lost_and_so_is_a_packet_whose_state_is_gone_but_not_what_nobody_is_to_get()
    {
        ControllerRequest miss = ControllerRequest.Default with { Reason = ControllerReason.NoMatch };
        var packets = new ControllerPackets(new OpenFlowTranslatorFactory([]), _datapath, _counters, TimeProvider.System);
        packets.Attach(_queue, ActorRefs.Nobody);
        Assert.True(_queue.TryAdd([1, 2, 3], port: 1, upcallPid: 0));
        Assert.True(_queue.TryAdd(UpcallOf(miss), port: 1, upcallPid: 0));
        Assert.True(_queue.TryAdd(UpcallOf(miss with { DontSend = true }), port: 1, upcallPid: 0));

        Assert.True(packets.Read(_ => Assert.Fail("nothing can be sent")));

        Assert.Equal(1, _counters.Dropped(PacketInType.Action, PacketInLoss.Malformed));
        Assert.Equal(1, _counters.Dropped(PacketInType.Miss, PacketInLoss.UnknownState));
        Assert.Equal(0, _counters.Waiting(PacketInType.Action) + _counters.Waiting(PacketInType.Miss));
        Assert.Equal(2, Enum.GetValues<PacketInLoss>().Sum(
            cause => _counters.Dropped(PacketInType.Action, cause) + _counters.Dropped(PacketInType.Miss, cause)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _queue.Close();
        _datapath.Dispose();
    }

    /// <summary>With a state that nobody keeps.</summary>
    private static byte[] UpcallOf(ControllerRequest request)
    {
        var writer = new NetlinkWriter(new byte[1024]);
        int start = OvsHeader.Begin(ref writer, 35, NetlinkFlags.None, 0, (byte)PacketCommand.Action, OvsFamilyVersion.Packet, 1);
        int nest = writer.BeginNest(OvsPacketAttribute.Key);
        FlowKey key = default;
        key.EthType = 0x88cc;
        OvsFlowKeyWriter.WriteKey(key, ref writer);
        writer.EndNest(nest);
        var cookie = new UserspaceCookie(UserspaceReason.Controller, 99, request.ToArgument());
        byte[] data = new byte[cookie.Length];
        cookie.Write(data);
        writer.Put(OvsPacketAttribute.UserData, data);
        writer.Put(OvsPacketAttribute.Packet, ControlledSwitch.Frame());
        writer.EndMessage(start);
        return writer.Written.ToArray();
    }
}
