using System.Buffers.Binary;
using System.Net.Sockets;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

/// <summary>An OpenFlow client of a test: it writes what a test says, also what no client should.</summary>
internal sealed class OpenFlowPeer : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly Stream _stream;
    private readonly OpenFlowVersion _version;
    private uint _xid = 100;

    private OpenFlowPeer(Stream stream, OpenFlowVersion version)
    {
        _stream = stream;
        _version = version;
    }

    /// <summary>Connects, and agrees on the highest of some versions; reads the switch's HELLO.</summary>
    public static async Task<OpenFlowPeer> ConnectAsync(string path, OpenFlowVersions versions)
    {
        OpenFlowPeer peer = await ConnectAsync(path, versions.Highest!.Value);
        peer.Send(MessageType.Hello, HelloMessage.Offer(versions));
        return peer;
    }

    /// <summary>Connects, and says nothing; reads the switch's HELLO.</summary>
    public static async Task<OpenFlowPeer> ConnectAsync(string path, OpenFlowVersion version)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path)).WaitAsync(_patience);
        return await OverAsync(new NetworkStream(socket, ownsSocket: true), version);
    }

    /// <summary>A peer over what carries a connection already; reads the switch's HELLO.</summary>
    public static async Task<OpenFlowPeer> OverAsync(Stream stream, OpenFlowVersion version)
    {
        var peer = new OpenFlowPeer(stream, version);
        Assert.Equal(0, (await peer.ReadAsync())![1]);
        return peer;
    }

    /// <summary>Takes the switch in as a controller does, and agrees on a version.</summary>
    public static async Task<OpenFlowPeer> TakeInAsync(Socket listener, OpenFlowVersion version)
    {
        Socket socket = await listener.AcceptAsync().WaitAsync(_patience);
        OpenFlowPeer peer = await OverAsync(new NetworkStream(socket, ownsSocket: true), version);
        peer.Send(MessageType.Hello, HelloMessage.Offer(OpenFlowVersions.Of(version)));
        return peer;
    }

    /// <summary>Sends a message, and returns its transaction.</summary>
    public uint Send(MessageType type, OpenFlowMessage body, MessageForm? form = null)
    {
        var writer = new WireWriter();
        OpenFlowCodec.Encode(writer, (byte)_version, ++_xid, form ?? MessageForms.Find(type, _version)!, body);
        Send(writer.Written);
        return _xid;
    }

    /// <summary>Adds a message to a bundle, and returns its transaction.</summary>
    public uint SendInBundle(uint bundle, ushort flags, MessageType type, OpenFlowMessage body)
    {
        var writer = new WireWriter();
        OpenFlowCodec.Encode(writer, (byte)_version, _xid + 1, MessageForms.Find(type, _version)!, body);
        return Send(MessageType.BundleAddMessage, new BundleAddMessage(bundle, flags, [.. writer.Written]));
    }

    /// <summary>Sends bytes.</summary>
    public void Send(ReadOnlySpan<byte> bytes) => _stream.Write(bytes);

    /// <summary>The next message; null when the switch has ended the connection.</summary>
    public async Task<byte[]?> ReadAsync()
    {
        byte[] header = new byte[OpenFlowHeader.Size];
        if (!await TryFillAsync(header))
            return null;
        byte[] message = new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2))];
        header.CopyTo(message, 0);
        await _stream.ReadExactlyAsync(message.AsMemory(header.Length)).AsTask().WaitAsync(_patience);
        return message;
    }

    private async Task<bool> TryFillAsync(byte[] header)
    {
        try
        {
            return await _stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false).AsTask().WaitAsync(_patience)
                == header.Length;
        }
        catch (IOException ended) when (ended.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            // The switch had not read all that was sent to it.
            return false;
        }
    }

    /// <summary>The next message, read.</summary>
    public async Task<DecodedMessage> ReceiveAsync()
    {
        byte[]? message = await ReadAsync();
        Assert.NotNull(message);
        Assert.Null(OpenFlowCodec.Decode(message, out DecodedMessage? decoded));
        return decoded!;
    }

    /// <summary>Sends a message and a barrier; what is answered before the barrier.</summary>
    public async Task<IReadOnlyList<DecodedMessage>> AskAsync(MessageType type, OpenFlowMessage body, MessageForm? form = null)
    {
        Send(type, body, form);
        return await FlushAsync();
    }

    /// <summary>Sends a barrier; what is answered before it.</summary>
    public async Task<IReadOnlyList<DecodedMessage>> FlushAsync()
    {
        uint barrier = Send(MessageType.BarrierRequest, new EmptyMessage());
        var answers = new List<DecodedMessage>();
        while (true)
        {
            DecodedMessage answer = await ReceiveAsync();
            if (answer.Type == MessageType.BarrierReply && answer.Header.Xid == barrier)
                return answers;
            answers.Add(answer);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}
