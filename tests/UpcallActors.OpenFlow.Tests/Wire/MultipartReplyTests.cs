namespace UpcallActors.OpenFlow.Tests;

/// <summary>Lists that take more than one message.</summary>
public sealed class MultipartReplyTests
{
    [Theory]
    [InlineData("of10-dump-flows-big.hex.gz", 3)]
    [InlineData("of13-dump-flows-big.hex.gz", 3)]
    [InlineData("of15-dump-flows-big.hex.gz", 4)]
    public void A_dump_of_flows_is_cut_as_the_switch_cuts_it(string file, int messages) => IsCutAlike<FlowStats>(file, messages);

    [Theory]
    [InlineData("table-features-v4.hex.gz", 20)]
    [InlineData("table-features-v6.hex.gz", 20)]
    public void Features_of_tables_are_cut_as_the_switch_cuts_them(string file, int messages) => IsCutAlike<TableFeatures>(file, messages);

    [Fact]
    public void An_empty_list_is_one_message_and_the_last()
    {
        MessageForm form = MessageForms.All.Single(form => form.Name == "OFPST13_FLOW_REPLY");
        var reply = new MultipartReply<FlowStats>((byte)OpenFlowVersion.V13, 7, form, Enumerable.Empty<FlowStats>().GetEnumerator());
        var writer = new WireWriter();

        reply.TryEncodeNext(writer).ShouldBeTrue();
        reply.TryEncodeNext(writer).ShouldBeFalse();

        writer.Written.ToArray().ShouldBe([4, 19, 0, 16, 0, 0, 0, 7, 0, 1, 0, 0, 0, 0, 0, 0]);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 2, 3)]
    [InlineData(1, 2)]
    public void An_entry_that_no_message_has_room_for_is_left_out(params int[] ids)
    {
        const int tooLong = 2;
        MessageForm form = MessageForms.All.Single(form => form.Name == "OFPST13_TABLE_FEATURES_REPLY");
        IEnumerable<TableFeatures> tables = ids.Select(id => new TableFeatures
        {
            Id = (byte)id,
            Properties = id == tooLong ? [new TableFeatureProperty(0, [.. new byte[65_500]])] : [],
        });
        var reply = new MultipartReply<TableFeatures>(4, 7, form, tables.GetEnumerator());
        var writer = new WireWriter();
        var read = new List<int>();

        while (reply.TryEncodeNext(writer))
        {
            OpenFlowCodec.Decode(writer.Written, out DecodedMessage? decoded).ShouldBeNull();
            read.AddRange(((EntriesMessage<TableFeatures>)decoded!.Body).Entries.Select(table => (int)table.Id));
            writer.Truncate(0);
        }

        read.ShouldBe(ids.Where(id => id != tooLong));
    }

    private static void IsCutAlike<T>(string file, int messages)
        where T : class, IWireDecoder<T>, IWireEntry
    {
        byte[][] recorded = [.. Recordings.All.Where(message => message.File == file).Select(message => message.Bytes)];
        recorded.Length.ShouldBe(messages);
        DecodedMessage[] decoded = [.. recorded.Select(Decode)];
        IEnumerable<T> entries = decoded.SelectMany(message => ((EntriesMessage<T>)message.Body).Entries);
        OpenFlowHeader header = decoded[0].Header;
        var reply = new MultipartReply<T>(header.Version, header.Xid, decoded[0].Form, entries.GetEnumerator());
        var written = new List<byte[]>();
        var writer = new WireWriter();

        for (; reply.TryEncodeNext(writer); writer.Truncate(0))
            written.Add(writer.Written.ToArray());

        written.Count.ShouldBe(messages);
        for (int i = 0; i < messages; i++)
            written[i].AsSpan().SequenceEqual(recorded[i]).ShouldBeTrue($"message {i} of {file}");
    }

    private static DecodedMessage Decode(byte[] message)
    {
        OpenFlowCodec.Decode(message, out DecodedMessage? decoded).ShouldBeNull();
        return decoded!;
    }
}
