namespace UpcallActors.OpenFlow.Tests;

/// <summary>Groups of text that go over the wire and come back.</summary>
public sealed class GroupModTripTests
{
    [Theory]
    [InlineData("group_id=1,type=all,bucket=output:1,bucket=actions=output:2")]
    [InlineData("add group_id=2,type=select,bucket=weight:3,actions=output:1,bucket=weight=0,output:2")]
    [InlineData("modify group_id=3,type=indirect,bucket=group:7")]
    [InlineData("add_or_mod group_id=4,type=ff,bucket=watch_port:1,output:1,bucket=watch_group:3,watch_port:LOCAL,output:2")]
    [InlineData("delete group_id=4294967040")]
    [InlineData("delete group_id=all")]
    public void A_group_is_the_same_after_a_trip_in_each_version(string text)
    {
        GroupChange sent = GroupSyntax.Parse(text);
        for (OpenFlowVersion version = OpenFlowVersion.V11; version <= OpenFlowVersion.V15; version++)
            ShouldAgree(Trip(sent, version == OpenFlowVersion.V15 ? "OFPT15_GROUP_MOD" : "OFPT11_GROUP_MOD", version), sent);
        ShouldAgree(Trip(sent, "NXT_GROUP_MOD", OpenFlowVersion.V10), sent);
    }

    [Theory]
    [InlineData("insert_bucket group_id=1,command_bucket_id=first,bucket=bucket_id:7,weight:5,actions=output:1")]
    [InlineData("insert_bucket group_id=1,command_bucket_id=3,bucket=bucket_id:7,actions=output:1")]
    [InlineData("remove_bucket group_id=1,command_bucket_id=last")]
    [InlineData("remove_bucket group_id=1,command_bucket_id=all")]
    [InlineData("group_id=1,type=select,selection_method=dp_hash,selection_method_param=4294967303,bucket=output:1")]
    [InlineData("group_id=1,type=select,selection_method=hash,bucket=output:1")]
    [InlineData("group_id=1,type=select,selection_method=hash,fields(eth_dst,ip_src=255.255.0.0,tcp_dst),bucket=output:1")]
    [InlineData("group_id=1,type=select,selection_method=hash,fields=ip_dst,bucket=bucket_id:9,actions=output:1,bucket=output:2")]
    public void What_older_versions_have_no_words_for_is_the_same_after_a_trip(string text)
    {
        GroupChange sent = GroupSyntax.Parse(text);
        ShouldAgree(Trip(sent, "OFPT15_GROUP_MOD", OpenFlowVersion.V15), sent);
        ShouldAgree(Trip(sent, "NXT_GROUP_MOD", OpenFlowVersion.V10), sent);
    }

    [Theory]
    [InlineData("group_id=1,bucket=output:1", "type is missing")]
    [InlineData("type=all,bucket=output:1", "group_id is missing")]
    [InlineData("group_id=1,type=some,bucket=output:1", "'some' is no type of group")]
    [InlineData("group_id=4294967041,type=all", "a group must be at most 4294967040")]
    [InlineData("group_id=1,type=all,bucket=weight:3,output:1", "OFPGMFC_INVALID_GROUP")]
    [InlineData("group_id=1,type=all,bucket=watch_port:3,output:1", "OFPGMFC_WATCH_UNSUPPORTED")]
    [InlineData("group_id=1,type=ff,bucket=output:1", "OFPGMFC_INVALID_GROUP")]
    [InlineData("group_id=1,type=indirect,bucket=output:1,bucket=output:2", "OFPGMFC_INVALID_GROUP")]
    [InlineData("group_id=1,type=select,bucket=weight:3", "a bucket needs actions")]
    [InlineData("group_id=1,type=select,bucket=bucket_id:1,output:1,bucket=bucket_id:1,output:2", "there is a bucket 1 already")]
    [InlineData("group_id=1,type=select,selection_method=best,bucket=output:1", "'best' is no selection method")]
    [InlineData("group_id=1,type=select,fields=ip_src,bucket=output:1", "selection_method is missing")]
    [InlineData("group_id=1,type=select,selection_method=dp_hash,fields=ip_src,bucket=output:1", "fields need selection_method=hash")]
    [InlineData("group_id=1,type=select,selection_method=hash,fields(ip_src,ip_src),bucket=output:1", "ip_src is named twice")]
    [InlineData("group_id=1,type=select,selection_method=hash,fields(ip_src=0.0.0.0),bucket=output:1", "no bit of ip_src would be hashed")]
    [InlineData("group_id=1,type=all,colour=red", "unknown keyword 'colour'")]
    public void What_cannot_be_a_group_is_refused(string text, string message) =>
        Should.Throw<FlowSyntaxException>(() => GroupSyntax.Parse(text)).Message.ShouldContain(message);

    [Fact]
    public void A_method_is_for_groups_that_select_and_for_those_that_there_are()
    {
        GroupChange selects = GroupSyntax.Parse("group_id=1,type=select,selection_method=hash,bucket=output:1");
        GroupSelection method = selects.Selection!;

        Decode(selects with { Type = GroupType.All, Buckets = [] }).ShouldBe(BadProperty.BadValue);
        Decode(selects with { Command = GroupCommand.Delete, Buckets = [] }).ShouldBe(BadProperty.BadValue);
        Decode(selects with { Selection = method with { Method = "best" } }).ShouldBe(BadProperty.BadValue);
        HashedField field = new(MatchFields.Get("ip_src"), uint.MaxValue);
        Decode(selects with { Selection = method with { Method = "dp_hash", Fields = [field] } }).ShouldBe(BadProperty.BadValue);
        Decode(selects with { Selection = method with { Fields = [field, field] } }).ShouldBe(BadMatch.DuplicateField);
        Decode(selects with { Selection = method with { Fields = [field with { Mask = 0 }] } }).ShouldBe(BadMatch.BadMask);
        Decode(selects with { Selection = method with { Fields = [field] } }).ShouldBeNull();
    }

    private static void ShouldAgree(GroupChange came, GroupChange sent)
    {
        (came.Command, came.Type, came.Id, came.CommandBucketId).ShouldBe((sent.Command, sent.Type, sent.Id, sent.CommandBucketId));
        came.Buckets.Select(Text).ShouldBe(sent.Buckets.Select(Text));
        (came.Selection?.Method, came.Selection?.Parameter).ShouldBe((sent.Selection?.Method, sent.Selection?.Parameter));
        (came.Selection?.Fields ?? []).ShouldBe(sent.Selection?.Fields ?? []);
    }

    private static string Text(GroupBucket bucket) => (bucket with { Actions = ActionList.Empty }) + bucket.Actions.ToString();

    private static OpenFlowError? Decode(GroupChange change) =>
        OpenFlowCodec.Decode(Encode(change, "OFPT15_GROUP_MOD", OpenFlowVersion.V15), out _);

    private static byte[] Encode(GroupChange change, string form, OpenFlowVersion version)
    {
        var writer = new WireWriter();
        OpenFlowCodec.Encode(
            writer, (byte)version, 1, MessageForms.All.Single(one => one.Name == form), new GroupModMessage(change), 0, false);
        return writer.Written.ToArray();
    }

    private static GroupChange Trip(GroupChange change, string form, OpenFlowVersion version)
    {
        byte[] message = Encode(change, form, version);
        OpenFlowCodec.Decode(message, out DecodedMessage? decoded).ShouldBeNull($"{version} {Convert.ToHexString(message)}");
        return ((GroupModMessage)decoded!.Body).Change;
    }
}
