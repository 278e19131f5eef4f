using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

public class GroupTableTests
{
    private readonly ManualTime _time = new();
    private readonly FlowTables _tables;

    public GroupTableTests() => _tables = new FlowTables(_time);

    [Fact]
    public void A_group_is_added_once()
    {
        Make("group_id=1,type=all,bucket=output:1").ShouldBeNull();
        Make("group_id=1,type=indirect,bucket=output:1").ShouldBe(GroupModFailed.GroupExists);

        _tables.GetGroups(1).ShouldHaveSingleItem().Type.ShouldBe(GroupType.All);
    }

    [Theory]
    [InlineData("modify group_id=7,type=all,bucket=output:1")]
    [InlineData("insert_bucket group_id=7,command_bucket_id=last,bucket=output:1")]
    [InlineData("remove_bucket group_id=7,command_bucket_id=last")]
    public void A_group_that_is_not_there_cannot_be_changed(string change) => Make(change).ShouldBe(GroupModFailed.UnknownGroup);

    [Fact]
    public void A_group_that_is_not_there_is_deleted_without_an_error() => Make("delete group_id=7").ShouldBeNull();

    [Fact]
    public void A_number_that_no_group_can_have_is_refused() => Make(
        new GroupChange { Id = GroupChange.LargestGroup + 1 }).ShouldBe(GroupModFailed.InvalidGroup);

    [Fact]
    public void What_adds_or_modifies_does_either()
    {
        Make("add_or_mod group_id=1,type=all,bucket=output:1").ShouldBeNull();
        Make("add_or_mod group_id=1,type=select,bucket=output:2,bucket=output:3").ShouldBeNull();

        Group group = _tables.GetGroups(1).ShouldHaveSingleItem();
        group.Type.ShouldBe(GroupType.Select);
        Buckets().ShouldBe("0:output:2 1:output:3");
    }

    [Fact]
    public void A_modified_group_is_as_old_as_before_and_counts_anew()
    {
        Make("group_id=1,type=all,bucket=output:1").ShouldBeNull();
        _tables.GetGroups(1)[0].Counters.Credit(3, 300);
        _time.Advance(TimeSpan.FromSeconds(2.5));
        Make("modify group_id=1,type=all,bucket=output:1,bucket=output:2").ShouldBeNull();

        GroupStatistics statistics = _tables.GetStatistics(_tables.GetGroups(1)[0]);
        (statistics.DurationSeconds, statistics.DurationNanoseconds).ShouldBe((2u, 500_000_000u));
        (statistics.Packets, statistics.Buckets.Length).ShouldBe((0ul, 2));
    }

    [Theory]
    [InlineData("first", "8:output:8 0:output:1 5:output:2")]
    [InlineData("0", "0:output:1 8:output:8 5:output:2")]
    [InlineData("5", "0:output:1 5:output:2 8:output:8")]
    [InlineData("last", "0:output:1 5:output:2 8:output:8")]
    public void A_bucket_is_put_behind_another_or_at_an_end(string place, string buckets)
    {
        AddTwoBuckets();

        Make($"insert_bucket group_id=1,command_bucket_id={place},bucket=bucket_id:8,actions=output:8").ShouldBeNull();

        Buckets().ShouldBe(buckets);
    }

    [Theory]
    [InlineData("first", "5:output:2")]
    [InlineData("5", "0:output:1")]
    [InlineData("last", "0:output:1")]
    [InlineData("all", "")]
    public void A_bucket_is_taken_out_or_all_are(string place, string buckets)
    {
        AddTwoBuckets();

        Make($"remove_bucket group_id=1,command_bucket_id={place}").ShouldBeNull();

        Buckets().ShouldBe(buckets);
    }

    [Fact]
    public void What_is_done_to_buckets_keeps_the_type_and_how_one_is_selected()
    {
        Make("group_id=1,type=select,selection_method=hash,fields(ip_src),bucket=output:1").ShouldBeNull();

        Make("insert_bucket group_id=1,command_bucket_id=last,bucket=bucket_id:1,weight:3,actions=output:2").ShouldBeNull();

        Group group = _tables.GetGroups(1).ShouldHaveSingleItem();
        group.Type.ShouldBe(GroupType.Select);
        group.Selection!.Fields.ShouldHaveSingleItem().Field.Name.ShouldBe("ip_src");
    }

    [Theory]
    [InlineData("insert_bucket group_id=1,command_bucket_id=7,bucket=bucket_id:8,actions=output:8", "OFPGMFC_UNKNOWN_BUCKET")]
    [InlineData("insert_bucket group_id=1,command_bucket_id=last,bucket=bucket_id:5,actions=output:8", "OFPGMFC_BUCKET_EXISTS")]
    [InlineData("remove_bucket group_id=1,command_bucket_id=7", "OFPGMFC_UNKNOWN_BUCKET")]
    public void A_bucket_that_is_not_there_or_is_there_already_is_refused(string change, string error)
    {
        AddTwoBuckets();

        Make(change)!.Name.ShouldBe(error);

        Buckets().ShouldBe("0:output:1 5:output:2");
    }

    [Fact]
    public void A_flow_needs_its_group_to_be_there()
    {
        MakeFlow("actions=group:1").ShouldBe(BadAction.BadOutGroup);
        Make("group_id=1,type=all").ShouldBeNull();
        MakeFlow("actions=clone(group:1)").ShouldBeNull();
        MakeFlow("modify actions=group:2").ShouldBe(BadAction.BadOutGroup);
    }

    [Fact]
    public void A_group_knows_how_many_flows_name_it()
    {
        Make("group_id=1,type=all").ShouldBeNull();
        MakeFlow("in_port=1,actions=group:1").ShouldBeNull();
        MakeFlow("in_port=2,actions=group:1,clone(group:1)").ShouldBeNull();
        References().ShouldBe(2u);

        MakeFlow("modify in_port=2,actions=output:3").ShouldBeNull();
        References().ShouldBe(1u);

        MakeFlow("delete in_port=1").ShouldBeNull();
        References().ShouldBe(0u);
    }

    [Fact]
    public void A_deleted_group_takes_the_flows_along_that_name_it()
    {
        Make("group_id=1,type=all").ShouldBeNull();
        Make("group_id=2,type=all").ShouldBeNull();
        MakeFlow("in_port=1,actions=group:1").ShouldBeNull();
        MakeFlow("in_port=2,actions=group:2").ShouldBeNull();
        MakeFlow("in_port=3,actions=output:1").ShouldBeNull();
        var observer = new Observer();
        _tables.Observer = observer;

        Make("delete group_id=1").ShouldBeNull();

        observer.Told.ShouldBe(["GroupDeleted in_port=1"]);
        _tables.RuleCount.ShouldBe(2);

        Make("delete").ShouldBeNull();

        observer.Told.ShouldBe(["GroupDeleted in_port=1", "GroupDeleted in_port=2"]);
        (_tables.Groups.Count, _tables.RuleCount).ShouldBe((0, 1));
    }

    [Fact]
    public void Flows_and_groups_of_a_transaction_are_seen_together_or_never()
    {
        using TablesSnapshot before = _tables.Read();
        using (TableTransaction transaction = _tables.Begin(default))
        {
            transaction.Make(GroupSyntax.Parse("group_id=1,type=all,bucket=output:1")).ShouldBeNull();
            transaction.Make(FlowSyntax.ParseFlow("actions=group:1")).ShouldBeNull();
            using TablesSnapshot meanwhile = _tables.Read();
            meanwhile.FindGroup(1).ShouldBeNull();
            transaction.Commit();
        }

        using TablesSnapshot after = _tables.Read();
        before.FindGroup(1).ShouldBeNull();
        after.FindGroup(1).ShouldNotBeNull();
        after.Version.ShouldBe(before.Version + 1);
    }

    [Fact]
    public void A_transaction_that_is_taken_back_leaves_groups_and_flows_as_they_were()
    {
        Make("group_id=1,type=all,bucket=output:1").ShouldBeNull();
        MakeFlow("actions=group:1").ShouldBeNull();
        using (TableTransaction transaction = _tables.Begin(default))
        {
            transaction.Make(GroupSyntax.Parse("modify group_id=1,type=all,bucket=output:2")).ShouldBeNull();
            transaction.Make(GroupSyntax.Parse("group_id=3,type=all")).ShouldBeNull();
            transaction.Make(GroupSyntax.Parse("delete group_id=1")).ShouldBeNull();
            transaction.Make(GroupSyntax.Parse("group_id=1,type=all,bucket=output:3")).ShouldBeNull();
            transaction.Make(FlowSyntax.ParseFlow("in_port=4,actions=group:9")).ShouldBe(BadAction.BadOutGroup);
        }

        Buckets().ShouldBe("0:output:1");
        (_tables.Groups.Count, _tables.RuleCount, References()).ShouldBe((1, 1, 1u));
        using TablesSnapshot now = _tables.Read();
        now.FindGroup(1)!.Buckets[0].Given.Actions.ToString().ShouldBe("output:1");
        now.FindGroup(3).ShouldBeNull();
    }

    [Fact]
    public void A_reader_keeps_the_group_of_its_version_while_it_is_changed()
    {
        Make("group_id=1,type=all,bucket=output:1").ShouldBeNull();
        using (TablesSnapshot first = _tables.Read())
        {
            Make("modify group_id=1,type=all,bucket=output:2").ShouldBeNull();
            using TablesSnapshot second = _tables.Read();
            Make("delete group_id=1").ShouldBeNull();
            Make("group_id=1,type=all,bucket=output:3").ShouldBeNull();

            Output(first).ShouldBe("output:1");
            Output(second).ShouldBe("output:2");
        }

        Make("group_id=2,type=all").ShouldBeNull();
        using TablesSnapshot last = _tables.Read();
        Output(last).ShouldBe("output:3");
        last.FindGroup(1)!.Older.ShouldBeNull("what no reader can name is forgotten");
    }

    private static string Output(TablesSnapshot tables) => tables.FindGroup(1)!.Buckets[0].Given.Actions.ToString();

    private void AddTwoBuckets() => Make("group_id=1,type=all,bucket=output:1,bucket=bucket_id:5,actions=output:2").ShouldBeNull();

    private string Buckets() => string.Join(
        ' ', _tables.GetGroups(1)[0].Buckets.Select(bucket => $"{bucket.Given.Id}:{bucket.Given.Actions}"));

    private uint References() => _tables.GetStatistics(_tables.GetGroups(1)[0]).References;

    private OpenFlowError? Make(string change) => Make(GroupSyntax.Parse(change));

    private OpenFlowError? Make(GroupChange change)
    {
        using TableTransaction transaction = _tables.Begin(default);
        OpenFlowError? error = transaction.Make(change);
        transaction.Commit();
        return error;
    }

    private OpenFlowError? MakeFlow(string change)
    {
        using TableTransaction transaction = _tables.Begin(default);
        OpenFlowError? error = transaction.Make(FlowSyntax.ParseFlow(change));
        transaction.Commit();
        return error;
    }

    private sealed class Observer : IRuleObserver
    {
        public List<string> Told { get; } = [];

        public void RulesChanged(ulong version, ReadOnlySpan<RuleChange> changes, ChangeOrigin origin)
        {
            foreach (RuleChange change in changes)
                Told.Add($"{change.Kind} {change.Rule.Match}");
        }
    }
}
