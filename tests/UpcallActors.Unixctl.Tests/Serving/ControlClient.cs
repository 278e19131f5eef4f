using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace UpcallActors.Unixctl.Tests;

/// <summary>An answer of the control socket: one of the two is null.</summary>
internal sealed record ControlAnswer(string? Result, string? Error);

/// <summary>A client of the control socket that can misbehave.</summary>
internal sealed class ControlClient : IDisposable
{
    /// <summary>A generous limit on a loaded machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket;
    private readonly List<byte> _received = [];
    private int _id;

    private ControlClient(Socket socket) => _socket = socket;

    public static async Task<ControlClient> ConnectAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        return new ControlClient(socket);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(byte[] bytes) => await _socket.SendAsync(bytes);

    public async Task<ControlAnswer> AskAsync(string command, params string[] arguments)
    {
        int id = _id++;
        await SendAsync(JsonSerializer.Serialize(new { method = command, @params = arguments, id }));
        JsonElement answer = await ReceiveAsync() ?? throw new InvalidOperationException("the connection was closed");
        answer.GetProperty("id").GetInt32().ShouldBe(id);
        return new ControlAnswer(answer.GetProperty("result").GetString(), answer.GetProperty("error").GetString());
    }

    /// <summary>The next answer; null when the connection was closed.</summary>
    public async Task<JsonElement?> ReceiveAsync()
    {
        byte[] buffer = new byte[64 << 10];
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (TryTake(out JsonElement answer))
                return answer;
            int count;
            try
            {
                count = await _socket.ReceiveAsync(buffer, patience.Token);
            }
            catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
            {
                // Closed while bytes of ours were still unread.
                count = 0;
            }

            if (count == 0)
                return null;
            _received.AddRange(buffer.AsSpan(0, count));
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool TryTake(out JsonElement answer)
    {
        answer = default;
        var reader = new Utf8JsonReader(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_received), isFinalBlock: false, default);
        if (_received.Count == 0 || !JsonDocument.TryParseValue(ref reader, out JsonDocument? document))
            return false;
        answer = document.RootElement.Clone();
        document.Dispose();
        _received.RemoveRange(0, (int)reader.BytesConsumed);
        return true;
    }
}
