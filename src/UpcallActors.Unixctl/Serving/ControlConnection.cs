using System.Buffers;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using UpcallActors.Linux;

namespace UpcallActors.Unixctl;

/// <summary>
/// One client: its requests one after the other, each answered before the next is looked at. <see cref="RunAsync"/> is its only
/// thread of control; <see cref="Disconnect"/> may be called from others.
/// </summary>
internal sealed class ControlConnection(Socket socket, ControlCommandTable commands, ControlLimits limits, ControlSession session)
    : IDisposable
{
    /// <summary>An answer goes out in pieces of this size, each of which a client has to take in time.</summary>
    private const int PieceLength = 64 << 10;

    private static readonly JsonWriterOptions _relaxed =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ControlRequestStream _requests = new(limits.RequestBytes);
    private readonly CancellationTokenSource _disconnected = new();
    private readonly ArrayBufferWriter<byte> _piece = new();
    private long _lastProgress = Stopwatch.GetTimestamp();
    private long _unsentBytes;
    private string? _reason;
    private ConnectionPlaces.Place? _place;

    /// <summary>When the client last sent or took a byte, in ticks of <see cref="Stopwatch"/>.</summary>
    public long LastProgress => Volatile.Read(ref _lastProgress);

    /// <summary>Bytes of memory that an unsent answer holds.</summary>
    public long UnsentBytes => Volatile.Read(ref _unsentBytes);

    /// <summary>Whether an answer is due when the control socket closes.</summary>
    public bool AwaitsEnd => session.AwaitsEnd;

    /// <summary>Takes a place, until it is disposed. Before it is served, and by who accepts: the order counts.</summary>
    public async ValueTask EnterAsync(ConnectionPlaces places, CancellationToken cancellation) =>
        _place = await places.EnterAsync(Disconnect, limits.Grace, cancellation);

    /// <summary>Ends the connection; the first reason stays.</summary>
    public void Disconnect(string reason)
    {
        Interlocked.CompareExchange(ref _reason, reason, null);
        try
        {
            _disconnected.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself meanwhile.
        }
    }

    /// <summary>
    /// Serves until the client goes. Returns why the connection was given up; null when the client ended it in order.
    /// </summary>
    /// <param name="answerReady">Told whenever an answer begins to wait for the client.</param>
    public async Task<string?> RunAsync(Action<ControlConnection> answerReady)
    {
        try
        {
            while (!session.Ending.IsCompleted && await NextAsync() is { } request)
            {
                _place?.BeginServing();
                ControlReply reply = await commands.RunAsync(request, session, _disconnected.Token);
                Volatile.Write(ref _unsentBytes, (long)reply.Text.Length * sizeof(char));
                answerReady(this);
                await SendAsync(request, reply);
                Volatile.Write(ref _unsentBytes, 0);
                _place?.EndServing();
            }

            return _reason;
        }
        catch (OperationCanceledException)
        {
            return _reason ?? "it made no progress in time";
        }
        catch (SocketException gone)
        {
            // The client went without waiting for its answer, as one does that is interrupted.
            return gone.SocketErrorCode is SocketError.Shutdown or SocketError.ConnectionReset ? null : gone.Message;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _place?.Dispose();
        socket.Dispose();
        _disconnected.Dispose();
    }

    /// <summary>The next request; null at the end of the stream, and where it is broken.</summary>
    private async ValueTask<ControlRequest?> NextAsync()
    {
        // A client may be silent between requests for any time, but not in the middle of one.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_disconnected.Token);
        bool isTimed = false;
        while (true)
        {
            ControlRequestStream.Step step = _requests.TryTake(out ControlRequest? request);
            if (step == ControlRequestStream.Step.Request)
                return request;
            if (step == ControlRequestStream.Step.Broken)
            {
                _reason = _requests.Problem;
                return null;
            }

            if (_requests.IsPartial && !isTimed)
            {
                patience.CancelAfter(limits.Patience);
                isTimed = true;
            }

            int received = await socket.ReceiveAsync(_requests.Free, patience.Token);
            if (received == 0)
            {
                _reason = _requests.IsPartial ? "it ended in the middle of a request" : null;
                return null;
            }

            _requests.Added(received);
            Volatile.Write(ref _lastProgress, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>Writes <c>{"id": …, "result": …, "error": …}</c>, one of the two null.</summary>
    private async ValueTask SendAsync(ControlRequest request, ControlReply reply)
    {
        await using var json = new Utf8JsonWriter(_piece, _relaxed);
        json.WriteStartObject();
        json.WritePropertyName("id");
        json.WriteRawValue(request.Id.Span, skipInputValidation: true);
        json.WriteNull(reply.IsError ? "result" : "error");
        json.WritePropertyName(reply.IsError ? "error" : "result");
        bool isWrapped = session.AsJson && !reply.IsError;
        if (isWrapped)
        {
            // As Open vSwitch wraps the answers of commands that know no JSON (unixctl_command_reply).
            json.WriteStartObject();
            json.WriteString("reply-format", "plain");
            json.WritePropertyName("reply");
        }

        await SendTextAsync(json, reply.Text);
        if (isWrapped)
            json.WriteEndObject();
        json.WriteEndObject();
        await json.FlushAsync();
        await SendPieceAsync();
    }

    private async ValueTask SendTextAsync(Utf8JsonWriter json, StringBuilder text)
    {
        foreach (ReadOnlyMemory<char> chunk in text.GetChunks())
        {
            for (int start = 0; start < chunk.Length; start += PieceLength)
            {
                json.WriteStringValueSegment(chunk.Span[start..Math.Min(start + PieceLength, chunk.Length)], isFinalSegment: false);
                if (json.BytesPending + _piece.WrittenCount < PieceLength)
                    continue;
                await json.FlushAsync();
                await SendPieceAsync();
            }
        }

        json.WriteStringValueSegment(ReadOnlySpan<char>.Empty, isFinalSegment: true);
    }

    private async ValueTask SendPieceAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_disconnected.Token);
        ReadOnlyMemory<byte> rest = _piece.WrittenMemory;
        while (!rest.IsEmpty)
        {
            // Each slice has its own time: SendAsync returns when the whole of it is in the socket's buffer.
            ReadOnlyMemory<byte> slice = rest[..Math.Min(rest.Length, PieceLength)];
            patience.CancelAfter(limits.Patience);
            rest = rest[await socket.SendAsync(slice, patience.Token)..];
            Volatile.Write(ref _lastProgress, Stopwatch.GetTimestamp());
        }

        _piece.ResetWrittenCount();
    }
}
