using System.Buffers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using UpcallActors.Linux;

namespace UpcallActors.Unixctl;

/// <summary>
/// A client of a daemon's control socket: JSON-RPC as <c>ovs-appctl</c> speaks it (<c>jsonrpc.c</c>),
/// one question at a time. Loads neither Akka nor ASP.NET, and is quick to start. One owner.
/// </summary>
internal sealed class DaemonClient : IDisposable
{
    /// <summary>A datapath full of flows, printed in full.</summary>
    private const int LongestReply = 256 << 20;

    private readonly UnixctlProgram _program;
    private readonly Socket _socket;
    private readonly string _path;
    private readonly ReplyBuffer _received;
    private int _id;

    private DaemonClient(UnixctlProgram program, Socket socket, string path)
    {
        _program = program;
        _socket = socket;
        _path = path;
        _received = new ReplyBuffer(LongestReply, program.Name);
    }

    /// <summary>
    /// Connects to a daemon (see <see cref="DaemonTarget.Find"/>). Throws <see cref="DaemonClientException"/> when none answers.
    /// </summary>
    public static Task<DaemonClient> ConnectAsync(UnixctlProgram program, string? target, CancellationToken cancellation) =>
        ConnectToAsync(program, DaemonTarget.Find(program, target), cancellation);

    /// <summary>Another connection to the same daemon.</summary>
    public Task<DaemonClient> AgainAsync(CancellationToken cancellation) => ConnectToAsync(_program, _path, cancellation);

    /// <summary>
    /// Asks, and returns the text of the answer. Throws <see cref="DaemonClientException"/>
    /// with the daemon's words when it refuses, and when it goes away.
    /// </summary>
    public async Task<string> AskAsync(string command, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        int id = _id++;
        try
        {
            await SendAsync(Request(command, arguments, id), cancellation);
            while (true)
            {
                if (_received.TryTake(out ReadOnlyMemory<byte> answer))
                    return Read(answer.Span, id);
                int count = await _socket.ReceiveAsync(_received.Free, cancellation);
                if (count == 0)
                    throw new DaemonClientException($"{_path}: the daemon has closed the connection");
                _received.Added(count);
            }
        }
        catch (SocketException failure)
        {
            throw new DaemonClientException($"{_path}: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static async Task<DaemonClient> ConnectToAsync(UnixctlProgram program, string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new DaemonClient(program, socket, path);
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            socket.Dispose();
            // .NET takes ENOENT for EADDRNOTAVAIL, whose words make no sense for a path.
            string reason = failure is SocketException { SocketErrorCode: SocketError.AddressNotAvailable }
                ? Marshal.GetPInvokeErrorMessage((int)Errno.NoEntry)
                : failure.Message;
            throw new DaemonClientException($"{path}: {reason}", failure);
        }
    }

    /// <summary>
    /// The text of an answer. Throws <see cref="DaemonClientException"/> for
    /// one that refuses, and for bytes that are no answer to the question.
    /// </summary>
    internal static string Read(ReadOnlySpan<byte> answer, int id)
    {
        try
        {
            var reader = new Utf8JsonReader(answer);
            using var document = JsonDocument.ParseValue(ref reader);
            JsonElement root = document.RootElement;
            if (!root.TryGetProperty("id", out JsonElement answered) || answered.ValueKind != JsonValueKind.Number
                || !answered.TryGetInt32(out int number) || number != id)
                throw new DaemonClientException("the daemon has answered another request");
            if (root.TryGetProperty("error", out JsonElement error) && error.ValueKind == JsonValueKind.String)
                throw new DaemonClientException(error.GetString()!.TrimEnd('\n'));
            if (root.TryGetProperty("result", out JsonElement result) && result.ValueKind == JsonValueKind.String)
                return result.GetString()!;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // An invalid surrogate in a string is the second.
            throw new DaemonClientException("the daemon's answer cannot be read", malformed);
        }

        throw new DaemonClientException("the daemon's answer cannot be read");
    }

    private static ReadOnlyMemory<byte> Request(string command, IReadOnlyList<string> arguments, int id)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteString("method", command);
            writer.WriteStartArray("params");
            foreach (string argument in arguments)
                writer.WriteStringValue(argument);
            writer.WriteEndArray();
            writer.WriteNumber("id", id);
            writer.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, cancellation)..];
    }
}
