using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace UpcallActors.Unixctl.Tests;

/// <summary>The protocol of the control socket over a real Unix socket, with clients that behave and clients that do not.</summary>
public sealed class ControlServerTests
{
    private static readonly ControlCommand Echo = new("echo", "text...", 0, 3, arguments => ControlReply.Of(string.Join(' ', arguments)));
    private static readonly ControlCommand Refuse = new("refuse", "", 0, 0, _ => ControlReply.Error("no"));
    private static readonly ControlCommand Hidden = new("hidden", null, 1, 2, _ => ControlReply.Empty);
    private static readonly ControlCommand Crash = new("crash", "", 0, 0, _ => throw new InvalidOperationException("a defect"));
    private static readonly ControlCommand Fill = new("fill", "count", 1, 1,
        arguments => ControlReply.Of(new string('x', int.Parse(arguments[0], System.Globalization.CultureInfo.InvariantCulture))));
    private static readonly ControlCommand[] Commands = [Echo, Refuse, Hidden, Crash, Fill];

    [Fact]
    public async Task A_command_is_answered_with_a_result_or_an_error_and_the_same_id()
    {
        await using ControlHost host = await ControlHost.StartAsync(Commands);
        using ControlClient client = await host.ConnectAsync();
        (await client.AskAsync("echo", "a", "b")).ShouldBe(new ControlAnswer("a b\n", null));
        (await client.AskAsync("echo")).ShouldBe(new ControlAnswer("", null));
        (await client.AskAsync("refuse")).ShouldBe(new ControlAnswer(null, "no\n"));
        await client.SendAsync("""{"id":"any text","params":["ä\n\"\u0041<"],"method":"echo"}""");
        JsonElement answer = (await client.ReceiveAsync()).ShouldNotBeNull();
        answer.GetProperty("id").GetString().ShouldBe("any text");
        answer.GetProperty("result").GetString().ShouldBe("ä\n\"A<\n");
    }

    [Theory]
    [InlineData("-1.5e3")]
    [InlineData("[1, {\"a\":\ttrue}]")]
    [InlineData("\"\\ud800\"")]
    public async Task An_id_comes_back_as_it_was(string id)
    {
        await using ControlHost host = await ControlHost.StartAsync(Commands);
        using ControlClient client = await host.ConnectAsync();
        await client.SendAsync($$"""{"id":{{id}},"method":"echo","params":["a"]}""");
        JsonElement answer = (await client.ReceiveAsync()).ShouldNotBeNull();
        answer.GetProperty("id").GetRawText().ShouldBe(id);
        answer.GetProperty("result").GetString().ShouldBe("a\n");
    }

    [Fact]
    public async Task What_is_not_UTF_8_closes_the_connection()
    {
        await using ControlHost host = await ControlHost.StartAsync(Commands);
        using ControlClient client = await host.ConnectAsync();
        await client.SendAsync([.. "{\"id\":\""u8, 0x90, .. "\",\"method\":\"echo\",\"params\":[]}"u8]);
        (await client.ReceiveAsync()).ShouldBeNull();
        await WaitForLogAsync(host, "not UTF-8");
    }

    [Fact]
    public async Task Arguments_are_counted_and_checked_in_Open_vSwitchs_words()
    {
        await using ControlHost host = await ControlHost.StartAsync(Commands);
        using ControlClient client = await host.ConnectAsync();
        (await client.AskAsync("nosuch/cmd")).Error
            .ShouldBe("\"nosuch/cmd\" is not a valid command (use \"list-commands\" to see a list of valid commands)\n");
        (await client.AskAsync("hidden")).Error.ShouldBe("\"hidden\" command requires at least 1 arguments\n");
        (await client.AskAsync("echo", "1", "2", "3", "4")).Error.ShouldBe("\"echo\" command takes at most 3 arguments\n");
        await client.SendAsync("""{"id":7,"method":"echo","params":["a",1]}""");
        (await client.ReceiveAsync()).ShouldNotBeNull().GetProperty("error").GetString()
            .ShouldBe("\"echo\" command has non-string argument\n");
        (await client.AskAsync("crash")).Error.ShouldBe("crash failed: a defect\n");
        (await client.AskAsync("echo", "still here")).Result.ShouldBe("still here\n");
    }

    [Fact]
    public async Task Commands_are_listed_in_order_without_the_hidden_ones()
    {
        await using ControlHost host = await ControlHost.StartAsync(Commands);
        (await host.AskAsync("list-commands")).Result.ShouldBe("""
            The available commands are:
              crash                   
              dpctl/list-commands     
              echo                    text...
              fill                    count
              list-commands           
              refuse                  
              set-options             [--format text|json]
              version                 

            """);
        (await host.AskAsync("version")).Result.ShouldBe("upcall-actors 0.1.0\n");
    }

    [Fact]
    public async Task Answers_are_wrapped_for_a_client_that_asks_for_JSON()
    {
        await using ControlHost host = await ControlHost.StartAsync(Commands);
        using ControlClient client = await host.ConnectAsync();
        (await client.AskAsync("set-options", "--format", "yaml")).Error.ShouldBe("option format has invalid value yaml\n");
        (await client.AskAsync("set-options", "--format")).Error.ShouldBe("option '--format' requires an argument\n");
        (await client.AskAsync("set-options", "--pretty")).Error.ShouldBe("unrecognized option '--pretty'\n");
        await client.SendAsync(
            """{"id":1,"method":"set-options","params":["--format","json"]}{"id":2,"method":"echo","params":["a"]}"""
            + """{"id":3,"method":"refuse","params":[]}""");
        (await client.ReceiveAsync()).ShouldNotBeNull().GetProperty("error").ValueKind.ShouldBe(JsonValueKind.Null);
        JsonElement wrapped = (await client.ReceiveAsync()).ShouldNotBeNull().GetProperty("result");
        wrapped.GetProperty("reply-format").GetString().ShouldBe("plain");
        wrapped.GetProperty("reply").GetString().ShouldBe("a\n");
        (await client.ReceiveAsync()).ShouldNotBeNull().GetProperty("error").GetString().ShouldBe("no\n");
        (await host.AskAsync("echo", "b")).Result.ShouldBe("b\n", "another client's answers stay text");
    }

    [Fact]
    public async Task Requests_may_come_in_single_bytes_and_back_to_back()
    {
        await using ControlHost host = await ControlHost.StartAsync(Commands);
        using ControlClient client = await host.ConnectAsync();
        const string Two = """ {"id":0,"method":"echo","params":["{\"}"]} {"id":1,"method":"echo","params":["ö"]}""";
        foreach (byte one in Encoding.UTF8.GetBytes(Two))
            await client.SendAsync([one]);
        (await client.ReceiveAsync()).ShouldNotBeNull().GetProperty("result").GetString().ShouldBe("{\"}\n");
        (await client.ReceiveAsync()).ShouldNotBeNull().GetProperty("result").GetString().ShouldBe("ö\n");
    }

    [Fact]
    public async Task A_long_answer_arrives_whole()
    {
        await using ControlHost host = await ControlHost.StartAsync(Commands);
        const int Length = 5_000_000;
        string result = (await host.AskAsync("fill", "5000000")).Result.ShouldNotBeNull();
        result.Length.ShouldBe(Length + 1);
        result.AsSpan(0, Length).IndexOfAnyExcept('x').ShouldBe(-1);
    }

    [Theory]
    [InlineData("echo", "not the beginning of a JSON object")]
    [InlineData("{\"id\":1,,", "no JSON")]
    [InlineData("{\"id\":1,\"method\":\"echo\",\"params\":[]]", "no JSON")]
    [InlineData("[]", "not the beginning of a JSON object")]
    [InlineData("{}", "no method")]
    [InlineData("{\"id\":1,\"method\":\"echo\"}", "no params")]
    [InlineData("{\"id\":1,\"method\":5,\"params\":[]}", "no method")]
    [InlineData("{\"id\":null,\"method\":\"echo\",\"params\":[]}", "a notification instead of a request")]
    [InlineData("{\"id\":1,\"result\":\"x\",\"error\":null}", "an answer instead of a request")]
    [InlineData("{\"id\":1,\"method\":\"echo\",\"params\":[],\"x\\u001by\":1}", "unexpected member \"x?y\"")]
    [InlineData("{\"id\":1,\"method\":\"echo\",\"params\":[\"\\ud800\"]}", "a string is not Unicode")]
    [InlineData("{\"id\":1,\"method\":\"ec\\u0000ho\",\"params\":[]}", "a NUL in a string")]
    public async Task What_is_no_request_closes_the_connection_with_a_reason(string text, string reason)
    {
        await using ControlHost host = await ControlHost.StartAsync(Commands);
        using ControlClient client = await host.ConnectAsync();
        await client.SendAsync(text);
        (await client.ReceiveAsync()).ShouldBeNull();
        await WaitForLogAsync(host, $"Warning A client of the control socket was disconnected: {reason}");
        (await host.AskAsync("echo", "next")).Result.ShouldBe("next\n");
    }

    [Fact]
    public async Task A_request_that_is_too_long_closes_the_connection()
    {
        await using ControlHost host = await ControlHost.StartAsync(Commands, new ControlLimits { RequestBytes = 100 });
        using ControlClient client = await host.ConnectAsync();
        const string Ends = """{"id":0,"method":"echo","params":[""]}""";
        (await client.AskAsync("echo", new string('a', 100 - Ends.Length - 1))).Result.ShouldNotBeNull("one byte less than the limit");
        await client.SendAsync($$"""{"id":0,"method":"echo","params":["{{new string('a', 200)}}""");
        (await client.ReceiveAsync()).ShouldBeNull();
        await WaitForLogAsync(host, "an object of more than 100 bytes");
    }

    [Fact]
    public async Task A_client_that_stops_in_the_middle_of_a_request_loses_its_connection_and_holds_up_nobody()
    {
        await using ControlHost host = await ControlHost.StartAsync(Commands,
            new ControlLimits { Patience = TimeSpan.FromMilliseconds(200) });
        using ControlClient idle = await host.ConnectAsync();
        using ControlClient slow = await host.ConnectAsync();
        await slow.SendAsync("{\"id\":");
        (await host.AskAsync("echo", "others")).Result.ShouldBe("others\n");
        (await slow.ReceiveAsync()).ShouldBeNull();
        await WaitForLogAsync(host, "it made no progress in time");
        (await idle.AskAsync("echo", "between requests there is no hurry")).Result.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_client_that_does_not_take_its_answer_loses_its_connection()
    {
        await using ControlHost host = await ControlHost.StartAsync(Commands,
            new ControlLimits { Patience = TimeSpan.FromMilliseconds(200) });
        using ControlClient deaf = await host.ConnectAsync();
        await deaf.SendAsync("""{"id":0,"method":"fill","params":["20000000"]}""");
        await WaitForLogAsync(host, "it made no progress in time");
        await Eventually.HoldsAsync(() => host.Connections == 0);
    }

    [Fact]
    public async Task Answers_that_nobody_takes_do_not_pile_up()
    {
        await using ControlHost host = await ControlHost.StartAsync(Commands, new ControlLimits { UnsentBytes = 60_000_000 });
        using ControlClient first = await host.ConnectAsync();
        await first.SendAsync("""{"id":0,"method":"fill","params":["20000000"]}""");
        using ControlClient second = await host.ConnectAsync();
        await second.SendAsync("""{"id":0,"method":"fill","params":["20000000"]}""");
        await WaitForLogAsync(host, "other clients need the memory");
        await Eventually.HoldsAsync(() => host.Connections == 1);
        (await host.AskAsync("echo", "a")).Result.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_flood_of_malformed_requests_does_not_fill_the_log()
    {
        await using ControlHost host = await ControlHost.StartAsync(Commands);
        for (int client = 0; client < 50; client++)
        {
            using ControlClient hostile = await host.ConnectAsync();
            await hostile.SendAsync("?");
            (await hostile.ReceiveAsync()).ShouldBeNull();
        }

        await Eventually.HoldsAsync(() => host.Connections == 0);
        host.Log.Lines.Count(line => line.Contains("disconnected", StringComparison.Ordinal)).ShouldBeInRange(5, 45);
    }

    [Fact]
    public async Task A_client_that_goes_in_the_middle_leaves_nothing_behind()
    {
        await using ControlHost host = await ControlHost.StartAsync(Commands);
        ControlClient gone = await host.ConnectAsync();
        await gone.SendAsync("""{"id":0,"method":"fill","params":["20000000"]}{"id":""");
        gone.Dispose();
        (await host.AskAsync("echo", "a")).Result.ShouldNotBeNull("which is accepted after the one that has gone");
        await Eventually.HoldsAsync(() => host.Connections == 0);
    }

    [Fact]
    public async Task Stopping_ends_connections_and_commands_and_removes_the_socket()
    {
        var entered = new TaskCompletionSource();
        var wait = new ControlCommand("wait", "", 0, 0, async (_, cancellation) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return ControlReply.Empty;
        });
        ControlHost host = await ControlHost.StartAsync([wait]);
        using ControlClient idle = await host.ConnectAsync();
        using ControlClient waiting = await host.ConnectAsync();
        await waiting.SendAsync("""{"id":0,"method":"wait","params":[]}""");
        await entered.Task;
        string path = host.Directory.SocketPath;
        await host.DisposeAsync();
        (await idle.ReceiveAsync()).ShouldBeNull();
        (await waiting.ReceiveAsync()).ShouldBeNull();
        File.Exists(path).ShouldBeFalse();
    }

    [Fact]
    public async Task Only_the_owner_may_connect()
    {
        await using ControlHost host = await ControlHost.StartAsync(Commands);
        File.GetUnixFileMode(host.Directory.SocketPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Sockets_that_nobody_listens_on_are_removed_and_others_are_not()
    {
        string root = Directory.CreateTempSubdirectory("upcall-actors-ctl-").FullName;
        using RunDirectory directory = RunDirectory.Claim(TestedProgram.Value, root);
        string stale = Path.Combine(root, "upcall-actors.999999.ctl");
        string living = Path.Combine(root, "upcall-actors.999998.ctl");
        string other = Path.Combine(root, "something.999999.ctl");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(stale));
            // Closing removes the file in .NET; a process that is killed leaves it.
            File.Move(stale, other);
        }

        File.Move(other, stale);
        await File.WriteAllTextAsync(directory.SocketPath, "");
        await File.WriteAllTextAsync(other, "");
        listener.Bind(new UnixDomainSocketEndPoint(living));
        listener.Listen();
        var log = new LogLines();
        using (ControlSocket socket = await ControlSocket.OpenAsync(directory, log))
        {
            File.Exists(stale).ShouldBeFalse();
            File.Exists(living).ShouldBeTrue();
            File.Exists(other).ShouldBeTrue();
            File.Exists(socket.Path).ShouldBeTrue();
        }

        Directory.Delete(root, recursive: true);
    }

    private static Task WaitForLogAsync(ControlHost host, string text) =>
        Eventually.HoldsAsync(() => host.Log.Lines.Any(line => line.Contains(text, StringComparison.Ordinal)));
}
