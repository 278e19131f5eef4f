namespace UpcallActors.Switch.Tests;

/// <summary>A database whose server goes, comes, or has another client with its lock.</summary>
public sealed class DatabaseServerTests
{
    [DatabaseFact]
    public async Task While_the_server_is_away_the_switch_goes_on_and_later_nothing_is_renumbered()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await using DatabaseSwitch ours = await DatabaseSwitch.StartAsync(server, "p1");
        await server.ConfigureAsync("add-br", "br0", "--", "add-port", "br0", "p1", "--", "set", "Bridge", "br0", "fail_mode=secure");
        await server.RunAsync("ovs-ofctl", "add-flow", "br0", "in_port=1,actions=drop");

        server.Kill();
        Assert.Contains("in_port=1", await server.RunAsync("ovs-ofctl", "dump-flows", "br0"), StringComparison.Ordinal);
        ours.Ports.SetDevice("p1", 1300);
        await server.BeginAsync();

        await DatabaseTests.EventuallyAsync(server, "Interface", "p1", "mtu", "1300");
        Assert.Equal("1\n", await server.ConfigureAsync("get", "Interface", "p1", "ofport"));
        await server.ConfigureAsync("set", "Interface", "p1", "ofport_request=9");
        Assert.Equal("9\n", await server.ConfigureAsync("get", "Interface", "p1", "ofport"));
        Assert.Contains("in_port=1", await server.RunAsync("ovs-ofctl", "dump-flows", "br0"), StringComparison.Ordinal);
    }

    [DatabaseFact]
    public async Task A_second_switch_waits_for_the_lock_and_has_no_port_meanwhile()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        DatabaseSwitch first = await DatabaseSwitch.StartAsync(server, "p1");
        await using var second = DatabaseSwitch.Connect(server, "p1");
        await using (first)
        {
            await server.ConfigureAsync("add-br", "br0", "--", "add-port", "br0", "p1");
            await Eventually.HoldsAsync(
                () => second.Log.All.Any(line => line.Contains("another ovs-vswitchd process is running", StringComparison.Ordinal)),
                () => string.Join('\n', second.Log.All));
            Assert.False(second.Database.Ready.IsCompleted);
        }

        await second.BeginAsync(server);

        Assert.Equal(1u, second.Find("br0", "p1")?.Number);
    }

    [DatabaseFact]
    public async Task A_switch_whose_lock_another_one_has_after_the_server_was_away_ends()
    {
        using DatabaseServer server = await DatabaseServer.StartAsync();
        await using DatabaseSwitch first = await DatabaseSwitch.StartAsync(server);

        await StealAsync(server);

        await Assert.ThrowsAsync<DatabaseLockLostException>(() => first.Database.Completion);
        Assert.Contains(first.Log.All, line => line.Contains("another ovs-vswitchd process is running", StringComparison.Ordinal));
    }

    /// <summary>Takes the lock as a client may that does not ask.</summary>
    private static async Task StealAsync(DatabaseServer server)
    {
        using var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(server.Socket));
        await socket.SendAsync("{\"id\":1,\"method\":\"steal\",\"params\":[\"ovs_vswitchd\"]}"u8.ToArray());
        await socket.ReceiveAsync(new byte[256]);
    }
}
