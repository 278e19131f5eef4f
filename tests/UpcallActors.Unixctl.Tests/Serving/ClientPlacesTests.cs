using System.Net.Sockets;
using UpcallActors.Pipeline.Tests;

namespace UpcallActors.Unixctl.Tests;

/// <summary>Which clients of the control socket have a place, and which wait, when there are more than places.</summary>
public sealed class ClientPlacesTests
{
    private static readonly ControlCommand Echo = new("echo", "text...", 0, 3, arguments => ControlReply.Of(string.Join(' ', arguments)));

    [Fact]
    public async Task The_client_that_was_silent_for_longest_makes_room_for_one_more()
    {
        var time = new ManualTime();
        await using ControlHost host = await ControlHost.StartAsync([Echo], new ControlLimits { Connections = 2 }, time);
        using ControlClient first = await host.ConnectAsync();
        using ControlClient second = await host.ConnectAsync();
        await second.AskAsync("echo");
        await first.AskAsync("echo");
        Task<ControlAnswer> third = host.AskAsync("echo", "third");
        await time.DoneAsync(third);
        (await third).Result.ShouldBe("third\n");
        (await second.ReceiveAsync()).ShouldBeNull();
        (await first.AskAsync("echo", "first")).Result.ShouldBe("first\n");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"id\":")]
    public async Task Silent_clients_push_out_each_other_and_nobody_who_is_being_served(string begun)
    {
        var entered = new TaskCompletionSource();
        var released = new TaskCompletionSource();
        var wait = new ControlCommand("wait", "", 0, 0, async (_, _) =>
        {
            entered.SetResult();
            await released.Task;
            return ControlReply.Of("done");
        });
        var time = new ManualTime();
        await using ControlHost host = await ControlHost.StartAsync([Echo, wait], new ControlLimits { Connections = 4 }, time);
        using ControlClient served = await host.ConnectAsync();
        Task<ControlAnswer> answer = served.AskAsync("wait");
        await entered.Task;
        var silent = new List<ControlClient>();
        try
        {
            for (int i = 0; i < 40; i++)
            {
                silent.Add(await host.ConnectAsync());
                if (begun.Length > 0)
                    await silent[^1].SendAsync(begun);
                if (i % 10 != 9)
                    continue;
                Task<ControlAnswer> asked = host.AskAsync("echo", "operator");
                await time.DoneAsync(asked);
                (await asked).Result.ShouldBe("operator\n");
            }

            await Eventually.HoldsAsync(() => host.Connections <= 4);
            released.SetResult();
            (await answer).Result.ShouldBe("done\n");
        }
        finally
        {
            released.TrySetResult();
            silent.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task A_client_that_has_just_come_keeps_its_place_and_the_next_one_waits()
    {
        var time = new ManualTime();
        await using ControlHost host = await ControlHost.StartAsync([Echo], new ControlLimits { Connections = 2 }, time);
        using ControlClient first = await host.ConnectAsync();
        using ControlClient second = await host.ConnectAsync();
        Task<ControlAnswer> third = host.AskAsync("echo", "third");
        await Eventually.HoldsAsync(() => time.IsAlarmSet);
        (await first.AskAsync("echo", "first")).Result.ShouldBe("first\n");
        (await second.AskAsync("echo", "second")).Result.ShouldBe("second\n");
        third.IsCompleted.ShouldBeFalse();
        first.Dispose();
        (await third).Result.ShouldBe("third\n");
    }

    [Fact]
    public async Task All_clients_of_a_burst_are_answered()
    {
        // However slow the machine is, no client grows old.
        await using ControlHost host = await ControlHost.StartAsync([Echo], time: new ManualTime());
        var clients = new List<ControlClient>();
        for (int i = 0; i < 200; i++)
            clients.Add(await host.ConnectAsync());
        string?[] answers = await Task.WhenAll(clients.Select(async client =>
        {
            using (client)
                return (await client.AskAsync("echo", "hello")).Result;
        }));
        answers.ShouldAllBe(answer => answer == "hello\n");
    }

    [Fact]
    public async Task A_client_that_waits_for_a_place_does_not_hold_up_the_end()
    {
        var time = new ManualTime();
        ControlHost host = await ControlHost.StartAsync([Echo], new ControlLimits { Connections = 1 }, time);
        using ControlClient first = await host.ConnectAsync();
        using ControlClient second = await host.ConnectAsync();
        await Eventually.HoldsAsync(() => time.IsAlarmSet);
        await host.DisposeAsync();
        (await first.ReceiveAsync()).ShouldBeNull();
        (await second.ReceiveAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_burst_of_clients_keeps_nobody_from_connecting()
    {
        string root = Directory.CreateTempSubdirectory("upcall-actors-ctl-").FullName;
        using RunDirectory directory = RunDirectory.Claim(TestedProgram.Value, root);
        var clients = new List<Socket>();
        // Nobody is accepted yet, as when all come before it is the daemon's turn.
        using (ControlSocket socket = await ControlSocket.OpenAsync(directory, new LogLines()))
        {
            int most = Math.Min(1000, int.Parse(await File.ReadAllTextAsync("/proc/sys/net/core/somaxconn"), null));
            for (int i = 0; i < most; i++)
            {
                var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
                clients.Add(client);
                Should.NotThrow(() => client.Connect(new UnixDomainSocketEndPoint(socket.Path)));
            }
        }

        clients.ForEach(client => client.Dispose());
        Directory.Delete(root, recursive: true);
    }
}
