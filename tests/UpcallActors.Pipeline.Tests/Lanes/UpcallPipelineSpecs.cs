using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Pipeline.Tests;

public sealed class UpcallPipelineSpecs : PipelineSpec
{
    [Fact]
    public async Task A_miss_becomes_a_flow_put_and_an_EXECUTE_that_echoes_all_the_datapath_sent()
    {
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);
        byte[] upcall = Upcalls.Miss(inPort: 1, flow: 5, serial: 99, packetLength: 3001, mru: 1500, hash: 0x1_dead_beef);

        datapath.Upcall(upcall);
        await Idle(pipeline, datapath);

        SentMessage put = datapath.Sent[0];
        put.Type.ShouldBe(Upcalls.Families.Flow);
        put.Flags.ShouldBe(NetlinkFlags.Request | NetlinkFlags.Create);
        put.Key.ShouldBe(Upcalls.Key(1, 5));
        SentMessage execute = datapath.Sent[1];
        execute.Flags.ShouldBe(NetlinkFlags.Request);
        execute.Packet.Origin.ShouldBe(new PacketOrigin(1500, 0x1_dead_beef, datapath.UpcallPid));
        execute.Packet.DatapathIfIndex.ShouldBe(Upcalls.IfIndex);
        execute.Key.ShouldBe(Upcalls.Key(1, 5));
        execute.Serial.ShouldBe(99u);
        execute.Packet.Packet.Length.ShouldBe(3001);
        execute.Actions.ShouldBe(put.Actions);
        datapath.Sent.Count.ShouldBe(2);
        pipeline.Counters.ByClass(UpcallClass.Miss).ShouldBe(1);
        pipeline.Counters.WithMru.ShouldBe(1);
        pipeline.Counters.LargestMru.ShouldBe(1500);
        pipeline.Counters.Executes.ShouldBe(1);
        pipeline.Counters.FlowPuts.ShouldBe(1);
    }

    [Theory]
    [InlineData(1500, 1280, 1280)]
    [InlineData(1200, 1280, 1200)]
    [InlineData(1500, 0, 1500)]
    [InlineData(0, 1280, 0)]
    public async Task A_packet_goes_back_with_the_MRU_it_came_with_or_the_smaller_one_that_the_translator_allows(ushort mru, ushort limit,
        ushort sent)
    {
        using var datapath = new ScriptedDatapath();
        ScriptedTranslators.TranslateUpcall output = ScriptedTranslators.OutputTo(2);
        Translators.Decide = (in UpcallView upcall, Span<byte> actions,
            ref FlowKey mask) => output(upcall, actions, ref mask) with { MruLimit = limit };
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Upcalls.Miss(1, 1, serial: 7, packetLength: 3001, mru: mru, hash: 42));
        await Idle(pipeline, datapath);

        SentMessage execute = datapath.Executes.ShouldHaveSingleItem();
        execute.Packet.Origin.ShouldBe(new PacketOrigin(sent, 42, datapath.UpcallPid));
        execute.Serial.ShouldBe(7u);
    }

    [Fact]
    public async Task Attributes_that_nobody_here_knows_go_back_with_the_packet()
    {
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);
        byte[] known = Upcalls.Miss(1, 1);
        var writer = new NetlinkWriter(new byte[4096]);
        writer.PutRaw(known);
        writer.PutU32(77, 0xfeedface);
        byte[] upcall = writer.Written.ToArray();
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(upcall, upcall.Length);

        datapath.Upcall(upcall);
        await Idle(pipeline, datapath);

        new NetlinkAttributes(datapath.Executes.ShouldHaveSingleItem().Bytes.AsSpan(OvsHeader.AttributesOffset))
            .TryFindLast(77, out NetlinkAttribute unknown).ShouldBeTrue();
        unknown.U32.ShouldBe(0xfeedface);
    }

    [Fact]
    public async Task A_datapath_without_upcall_pids_gets_none()
    {
        using var datapath = new ScriptedDatapath(upcallPid: 0);
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Upcalls.Miss(1, 1));
        await Idle(pipeline, datapath);

        SentMessage execute = datapath.Executes.ShouldHaveSingleItem();
        new NetlinkAttributes(execute.Bytes.AsSpan(OvsHeader.AttributesOffset)).TryFindLast(OvsPacketAttribute.UpcallPid, out _)
            .ShouldBeFalse();
        execute.Actions.Length.ShouldBe(8);
    }

    [Fact]
    public async Task A_slow_path_upcall_is_translated_and_executed_but_no_flow_is_put()
    {
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Upcalls.Action(1, 1, UserspaceReason.SlowPath, serial: 3));
        await Idle(pipeline, datapath);

        datapath.Sent.ShouldHaveSingleItem().IsExecute.ShouldBeTrue();
        datapath.Executes[0].Serial.ShouldBe(3u);
        pipeline.Counters.ByClass(UpcallClass.SlowPath).ShouldBe(1);
    }

    [Fact]
    public async Task Packets_for_controllers_and_samples_are_counted_by_class_and_consumed()
    {
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(
            Upcalls.Action(1, 1, UserspaceReason.Controller),
            Upcalls.Action(1, 2, UserspaceReason.Controller),
            Upcalls.Action(1, 3, UserspaceReason.Sflow),
            Upcalls.Action(1, 4, UserspaceReason.FlowSample),
            Upcalls.Action(1, 5, UserspaceReason.Ipfix));
        await Idle(pipeline, datapath);

        datapath.Sent.ShouldBeEmpty();
        pipeline.Counters.ByClass(UpcallClass.Controller).ShouldBe(2);
        pipeline.Counters.ControllerPackets.ShouldBe(2);
        pipeline.Counters.ByClass(UpcallClass.Sflow).ShouldBe(1);
        pipeline.Counters.ByClass(UpcallClass.FlowSample).ShouldBe(1);
        pipeline.Counters.ByClass(UpcallClass.Ipfix).ShouldBe(1);
    }

    [Fact]
    public async Task A_packet_for_a_controller_counts_when_the_datapath_sends_it_up_and_not_when_it_is_asked_to()
    {
        using var datapath = new ScriptedDatapath();
        ScriptedTranslators.TranslateUpcall output = ScriptedTranslators.OutputTo(2);
        Translators.Decide = (in UpcallView upcall, Span<byte> actions,
            ref FlowKey mask) => output(upcall, actions, ref mask) with { ControllerPackets = 1 };
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Upcalls.Miss(1, 1), Upcalls.Miss(1, 1));
        await Idle(pipeline, datapath);
        pipeline.Counters.ControllerPackets.ShouldBe(0);

        datapath.Upcall(Upcalls.Action(1, 1, UserspaceReason.Controller), Upcalls.Action(1, 1, UserspaceReason.Controller));
        await Idle(pipeline, datapath);
        pipeline.Counters.ControllerPackets.ShouldBe(2);
    }

    [Fact]
    public async Task What_cannot_be_used_is_counted_by_reason_and_the_rest_goes_on()
    {
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);
        byte[] tooShort = Upcalls.Miss(1, 1)[..10];
        byte[] foreignCookie = Upcalls.Message(PacketCommand.Action, Upcalls.Key(1, 1), 0, 98, 0, 0, new byte[48]);
        byte[] noCookie = Upcalls.Message(PacketCommand.Action, Upcalls.Key(1, 1), 0, 98, 0, 0, null);
        byte[] execute = Upcalls.Message(PacketCommand.Execute, Upcalls.Key(1, 1), 0, 98, 0, 0, null);
        byte[] otherFamily = Upcalls.Miss(1, 1);
        otherFamily[NetlinkMessage.TypeOffset] = (byte)Upcalls.Families.Flow;

        datapath.Upcall(tooShort, foreignCookie, noCookie, execute, otherFamily, Upcalls.Miss(1, 2));
        await Idle(pipeline, datapath);

        pipeline.Counters.ByClass(UpcallClass.Bad).ShouldBe(5);
        pipeline.Counters.Lost(LossCause.UnknownCookie).ShouldBe(2);
        pipeline.Counters.Lost(LossCause.Malformed).ShouldBe(3);
        pipeline.Counters.Malformed(OdpParseError.Netlink).ShouldBe(1);
        pipeline.Counters.Malformed(OdpParseError.AttributeMissing).ShouldBe(1);
        pipeline.Counters.Malformed(OdpParseError.UnknownCommand).ShouldBe(1);
        datapath.Executes.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_longest_upcalls_pass_whole_and_what_is_longer_than_a_slot_is_counted_as_lost()
    {
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);
        byte[] longest = Upcalls.Miss(1, 1, serial: 5, packetLength: ushort.MaxValue - 4, mru: 1500);
        var cut = new NetlinkWriter(new byte[MessageSlots.Stride + 4096]);
        cut.PutRaw(longest);
        cut.Put(99, new byte[20_000]);

        datapath.Upcall(longest, cut.Written.ToArray());
        await Idle(pipeline, datapath);

        SentMessage execute = datapath.Executes.ShouldHaveSingleItem();
        longest.Length.ShouldBeGreaterThan(65_700);
        execute.Packet.Packet.Length.ShouldBe(65_531);
        execute.Serial.ShouldBe(5u);
        pipeline.Counters.Lost(LossCause.Truncated).ShouldBe(1);
    }

    [Fact]
    public async Task A_burst_of_one_flow_is_translated_once_and_executed_each_time()
    {
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Enumerable.Range(0, 64).Select(i => Upcalls.Miss(1, (uint)(i % 2), (uint)i)));
        await Idle(pipeline, datapath);

        Translators.Translations.ShouldBe(2);
        pipeline.Counters.Duplicates.ShouldBe(62);
        datapath.FlowPuts.Count.ShouldBe(2);
        datapath.Executes.Select(message => message.Serial).ShouldBe(Enumerable.Range(0, 64).Select(i => (uint)i));
    }

    [Fact]
    public async Task An_upcall_with_another_MRU_is_no_duplicate()
    {
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Upcalls.Miss(1, 1, mru: 1500), Upcalls.Miss(1, 1, mru: 1400));
        await Idle(pipeline, datapath);

        Translators.Translations.ShouldBe(2);
        datapath.Executes.Select(message => message.Packet.Origin.Mru).ShouldBe([(ushort)1500, (ushort)1400]);
    }

    [Fact]
    public async Task Each_upcall_s_flow_is_put_before_its_packet_goes_on_and_order_is_kept()
    {
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Enumerable.Range(0, 1000).Select(i => Upcalls.Miss(1, (uint)i, (uint)i)));
        await Idle(pipeline, datapath);

        IReadOnlyList<SentMessage> sent = datapath.Sent;
        sent.Count.ShouldBe(2000);
        for (int i = 0; i < 1000; i++)
        {
            sent[2 * i].Key.Ipv4Dst.ShouldBe(Upcalls.Key(1, (uint)i).Ipv4Dst);
            sent[(2 * i) + 1].Serial.ShouldBe((uint)i);
        }
    }

    [Fact]
    public async Task A_translation_without_actions_drops_the_packet_and_puts_a_drop_flow()
    {
        using var datapath = new ScriptedDatapath();
        Translators.Decide = (in UpcallView _, Span<byte> _, ref FlowKey mask) =>
        {
            mask.DatapathPort = uint.MaxValue;
            return new Translation { InstallFlow = true, Version = 1, Error = XlateError.TooManyResubmits };
        };
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Upcalls.Miss(1, 1));
        await Idle(pipeline, datapath);

        datapath.Sent.ShouldHaveSingleItem().IsExecute.ShouldBeFalse();
        datapath.Sent[0].Actions.ShouldBeEmpty();
        pipeline.Counters.Dropped.ShouldBe(1);
        pipeline.Counters.Lanes[0].TranslationErrors.ShouldBe(1);
    }

    [Fact]
    public async Task A_flow_computed_before_a_table_change_is_not_installed_but_its_packet_goes_on()
    {
        using var datapath = new ScriptedDatapath();
        Translators.Version = 2;
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Upcalls.Miss(1, 1));
        await Idle(pipeline, datapath);

        datapath.Sent.ShouldHaveSingleItem().IsExecute.ShouldBeTrue();
        pipeline.Counters.Lanes[0].StaleFlows.ShouldBe(1);
    }

    [Fact]
    public async Task Flow_ids_are_random_looking_UUIDs_and_the_same_for_the_same_key()
    {
        using var datapath = new ScriptedDatapath();
        await using UpcallPipeline pipeline = Start(datapath);

        datapath.Upcall(Upcalls.Miss(1, 1));
        await Idle(pipeline, datapath);
        datapath.Upcall(Upcalls.Miss(1, 1, serial: 1), Upcalls.Miss(1, 2));
        await Idle(pipeline, datapath);

        List<Ufid> ufids = [.. datapath.FlowPuts.Select(put => Ufid.Read(put.FlowAttribute(OvsFlowAttribute.Ufid)))];
        ufids[0].ShouldBe(ufids[1]);
        ufids[2].ShouldNotBe(ufids[0]);
        ufids.ShouldAllBe(ufid => ufid.ToString()[14] == '4' && "89ab".Contains(ufid.ToString()[19]));
    }

    [Fact]
    public async Task Every_handler_has_a_lane_of_its_own()
    {
        using var datapath = new ScriptedDatapath(handlers: 3);
        await using UpcallPipeline pipeline = Start(datapath);

        for (int handler = 0; handler < 3; handler++)
            datapath.UpcallOn(handler, Enumerable.Range(0, handler + 1).Select(i => Upcalls.Miss(1, (uint)i)));
        await Idle(pipeline, datapath);

        pipeline.Counters.Lanes.Select(lane => lane.Completed).ShouldBe([1L, 2L, 3L]);
        Translators.Created.ShouldBe(3);
    }
}
