namespace UpcallActors.Ovsdb.Tests;

/// <summary>A session with the real server.</summary>
public sealed class ServerSessionTests
{
    [DatabaseFact]
    public async Task It_gets_the_lock_and_the_whole_contents()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await server.ConfigureAsync("--no-wait", "add-br", "br0", "--", "set", "bridge", "br0", "fail_mode=secure");
        using var connected = new ConnectedSession(server);

        (await connected.NextAsync<LockChanged>()).IsHeld.ShouldBeTrue();
        await connected.NextAsync<ContentsArrived>();

        OvsdbRow bridge = connected.Session.Cache.Rows("Bridge").ShouldHaveSingleItem();
        (bridge.Text("name"), bridge.Text("fail_mode")).ShouldBe(("br0", "secure"));
        OvsdbRow port = connected.Session.Cache.Table("Port")!.Find(bridge.References("ports").Single())!;
        OvsdbRow @interface = connected.Session.Cache.Table("Interface")!.Find(port.References("interfaces").Single())!;
        (@interface.Text("name"), @interface.Text("type"), @interface.Integer("ofport")).ShouldBe(("br0", "internal", null));
        connected.Session.Cache.Rows("Open_vSwitch").ShouldHaveSingleItem().Integer("next_cfg").ShouldBe(0);
    }

    [DatabaseFact]
    public async Task A_second_port_of_a_bridge_does_not_take_the_place_of_the_first()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await server.ConfigureAsync("--no-wait", "add-br", "br0");
        using var connected = new ConnectedSession(server);
        await connected.NextAsync<ContentsArrived>();

        await server.ConfigureAsync("--no-wait", "add-port", "br0", "p1", "--", "set", "Interface", "p1", "options:a=1", "options:b=2");
        await connected.NextAsync<ContentsChanged>();
        connected.Session.Cache.Rows("Bridge").Single().References("ports").Count().ShouldBe(2);
        await server.ConfigureAsync(
            "--no-wait", "set", "Interface", "p1", "options:a=3", "--", "remove", "Interface", "p1", "options", "b");
        ContentsChanged changed = await connected.NextAsync<ContentsChanged>();

        RowUpdate update = changed.Changes.Single(one => one.Table == "Interface");
        update.Columns.ShouldBe(["options"]);
        OvsdbRow p1 = connected.Session.Cache.Table("Interface")!.Find(update.Uuid)!;
        p1.Entries("options").ShouldBe([KeyValuePair.Create("a", "3")]);
        p1.Entry("options", "b").ShouldBeNull();
        await server.ConfigureAsync("--no-wait", "del-port", "br0", "p1");
        (await connected.NextAsync<ContentsChanged>()).Changes.ShouldContain(one => one.Kind == RowChangeKind.Removed);
        connected.Session.Cache.Rows("Interface").ShouldHaveSingleItem();
    }

    [DatabaseFact]
    public async Task A_transaction_changes_rows_if_we_have_the_lock()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        using var first = new ConnectedSession(server);
        await first.NextAsync<ContentsArrived>();
        using var second = new ConnectedSession(server);
        (await second.NextAsync<LockChanged>()).IsHeld.ShouldBeFalse();
        await second.NextAsync<ContentsArrived>();

        long number = first.Session.Transact(CurrentConfiguration(first, 7));
        (await first.NextAsync<TransactionEnded>()).ShouldBe(new TransactionEnded(number, null));
        first.Session.Cache.Rows("Open_vSwitch").Single().Integer("cur_cfg").ShouldBe(7, "the change comes before the answer");
        (await server.ConfigureAsync("get", "Open_vSwitch", ".", "cur_cfg", "iface_types")).ShouldBe("7\n[patch, \"say \\\"hi\\\"\"]\n");

        second.Session.Transact(CurrentConfiguration(second, 8));
        (await second.NextAsync<TransactionEnded>()).Error!.ShouldContain("not owner");
        first.Dispose();
        (await second.NextAsync<LockChanged>()).IsHeld.ShouldBeTrue();
        second.Session.Transact(CurrentConfiguration(second, 9));
        (await second.NextAsync<TransactionEnded>()).Error.ShouldBeNull();
    }

    [DatabaseFact]
    public async Task A_row_that_has_gone_is_no_error()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await server.ConfigureAsync("--no-wait", "add-br", "br0");
        using var connected = new ConnectedSession(server);
        await connected.NextAsync<ContentsArrived>();
        OvsdbTable bridges = connected.Session.Cache.Table("Bridge")!;
        var transaction = new OvsdbTransaction();
        transaction.Set(bridges, bridges.Rows.Single(), "datapath_id", OvsdbDatum.Of("0000000000000001"));

        await server.ConfigureAsync("--no-wait", "del-br", "br0");
        connected.Session.Transact(transaction);

        (await connected.NextAsync<TransactionEnded>()).Error.ShouldBeNull();
    }

    [DatabaseFact]
    public async Task A_value_that_the_schema_forbids_is_refused_with_the_reason()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await server.ConfigureAsync("--no-wait", "add-br", "br0");
        using var connected = new ConnectedSession(server);
        await connected.NextAsync<ContentsArrived>();
        OvsdbTable bridges = connected.Session.Cache.Table("Bridge")!;
        var transaction = new OvsdbTransaction();
        transaction.Set(bridges, bridges.Rows.Single(), "fail_mode", OvsdbDatum.Of("never"));

        connected.Session.Transact(transaction);

        (await connected.NextAsync<TransactionEnded>()).Error!.ShouldContain("constraint violation");
    }

    [DatabaseFact]
    public async Task A_server_that_knows_older_monitors_alone_is_asked_for_those()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await server.ControlAsync("ovsdb-server/disable-monitor-cond");
        await server.ConfigureAsync("--no-wait", "add-br", "br0");
        using var connected = new ConnectedSession(server);
        await connected.NextAsync<ContentsArrived>();

        await server.ConfigureAsync("--no-wait", "add-port", "br0", "p1", "--", "set", "Interface", "p1", "options:a=1");
        await connected.NextAsync<ContentsChanged>();
        connected.Session.Cache.Rows("Bridge").Single().References("ports").Count().ShouldBe(2);
        await server.ConfigureAsync("--no-wait", "del-port", "br0", "p1");
        await connected.NextAsync<ContentsChanged>();
        connected.Session.Cache.Rows("Interface").ShouldHaveSingleItem();
    }

    [DatabaseFact]
    public async Task A_schema_that_is_converted_ends_the_session_and_another_begins_at_once()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await server.ConfigureAsync("--no-wait", "add-br", "br0");
        using var connected = new ConnectedSession(server);
        await connected.NextAsync<ContentsArrived>();

        string schema = await File.ReadAllTextAsync(DatabaseServer.Schema);
        string converted = Path.Combine(server.Folder, "converted.ovsschema");
        await File.WriteAllTextAsync(converted, schema.Replace("\"duplex\"", "\"duplexity\"", StringComparison.Ordinal));
        await server.RunAsync("ovsdb-client", "convert", $"unix:{server.Socket}", converted);

        (await connected.NextAsync<SessionEnded>()).IsAtOnce.ShouldBeTrue();
        // The server's own table tells of the new schema some time later.
        using ConnectedSession again = await ConnectedSession.ReconnectAsync(server);
        again.Session.Cache.Table("Interface")!.TypeOf("duplex").ShouldBeNull();
        again.Session.Cache.Rows("Interface").Single()["duplex"].IsEmpty.ShouldBeTrue();
    }

    [DatabaseFact]
    public async Task Silence_is_probed_and_the_server_s_probes_are_answered()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        using var connected = new ConnectedSession(server);
        await connected.NextAsync<ContentsArrived>();
        connected.Session.Probe();
        var events = new List<SessionEvent>();
        connected.Session.Receive("""{"id":"echo","method":"echo","params":[1,"a"]}"""u8.ToArray(), events);
        events.ShouldBeEmpty();
        System.Text.Encoding.UTF8.GetString(connected.Session.Outgoing.Span)
            .ShouldEndWith("""{"id":"echo","result":[1,"a"],"error":null}""");

        await server.ConfigureAsync("--no-wait", "add-br", "br0");
        await connected.NextAsync<ContentsChanged>();
    }

    private static OvsdbTransaction CurrentConfiguration(ConnectedSession connected, long number)
    {
        OvsdbTable table = connected.Session.Cache.Table("Open_vSwitch")!;
        OvsdbRow row = table.Rows.Single();
        var transaction = new OvsdbTransaction();
        transaction.Set(table, row, "cur_cfg", OvsdbDatum.Of(number));
        transaction.Set(table, row, "iface_types", OvsdbDatum.SetOf(["say \"hi\"", "patch"]));
        return transaction;
    }
}
