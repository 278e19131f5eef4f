using System.Net.Sockets;
using System.Text;

namespace UpcallActors.Unixctl.Tests;

/// <summary>A client against servers that misbehave.</summary>
public sealed class DaemonClientTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("upcall-actors-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("""{"id":0,"result":"te\"}xt","error":null}""", "te\"}xt")]
    [InlineData("  {\"error\":null,\n\"result\":\"\",\"id\":0}", "")]
    public async Task An_answer_is_taken_in_whatever_pieces_it_comes(string answer, string text)
    {
        foreach (int piece in (int[])[1, 7, 1000])
            (await AskAsync(answer, piece)).ShouldBe(text);
    }

    [Theory]
    [InlineData("""{"id":0,"result":null,"error":"no such bridge\n"}""", "no such bridge")]
    [InlineData("""{"id":1,"result":"a","error":null}""", "another request")]
    [InlineData("""{"id":"0","result":"a","error":null}""", "another request")]
    [InlineData("""{"result":"a","error":null}""", "another request")]
    [InlineData("""{"id":0,"result":5,"error":null}""", "cannot be read")]
    [InlineData("""{"id":0,"result":"\ud800","error":null}""", "cannot be read")]
    [InlineData("""{"id":0]}""", "cannot be read")]
    [InlineData("HTTP/1.1 400 Bad Request", "not from an upcall-actors daemon")]
    [InlineData("[]", "not from an upcall-actors daemon")]
    [InlineData("""{"id":0,"resu""", "closed the connection")]
    [InlineData("", "closed the connection")]
    public async Task An_answer_that_makes_no_sense_is_refused(string answer, string problem) =>
        (await Should.ThrowAsync<DaemonClientException>(() => AskAsync(answer, 1000))).Message.ShouldContain(problem);

    [Fact]
    public void An_answer_without_end_is_not_read_to_its_end()
    {
        var buffer = new ReplyBuffer(longest: 10_000, "upcall-actors");
        buffer.Free.Span[0] = (byte)'{';
        buffer.Added(1);
        Should.Throw<DaemonClientException>(() =>
        {
            while (!buffer.TryTake(out _))
            {
                buffer.Free.Span.Fill((byte)' ');
                buffer.Added(buffer.Free.Length);
            }
        }).Message.ShouldContain("more than 10000 bytes");
    }

    private async Task<string> AskAsync(string answer, int piece)
    {
        string path = Path.Combine(_folder, $"{Guid.NewGuid():N}.ctl");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Task serving = ServeAsync(listener, Encoding.UTF8.GetBytes(answer), piece);
        using DaemonClient client = await DaemonClient.ConnectAsync(TestedProgram.Value, path, CancellationToken.None);
        try
        {
            return await client.AskAsync("version", [], CancellationToken.None);
        }
        finally
        {
            client.Dispose();
            await serving;
        }
    }

    private static async Task ServeAsync(Socket listener, byte[] answer, int piece)
    {
        using Socket client = await listener.AcceptAsync();
        await client.ReceiveAsync(new byte[4096]);
        foreach (byte[] part in answer.Chunk(piece))
            await client.SendAsync(part);
        client.Shutdown(SocketShutdown.Send);
        // Until the client has gone: to close with its bytes unread would take ours back.
        while (await client.ReceiveAsync(new byte[4096]) > 0)
        {
        }
    }
}
