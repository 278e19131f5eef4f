using System.Net.Sockets;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>What a read from a socket has brought.</summary>
internal enum ReceiveState
{
    /// <summary>Bytes.</summary>
    Received,

    /// <summary>Nothing for now, or there is no room for it.</summary>
    Empty,

    /// <summary>The peer has ended the connection.</summary>
    Ended,
}

/// <summary>
/// The bytes of a connection that came and were not taken yet. It holds two messages of the largest size: a peer whose messages are not
/// taken waits, and costs no more.
/// </summary>
internal sealed class ReceiveBuffer
{
    private const int First = 4 * 1024;
    private const int Most = 2 * (ushort.MaxValue + 1);

    private byte[] _bytes = new byte[First];
    private int _start;
    private int _end;

    /// <summary>Whether nothing more can be received before something is taken.</summary>
    public bool IsFull => _end - _start >= Most;

    /// <summary>Bytes that came and were not taken.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(_start.._end);

    /// <summary>Reads once from a socket that does not block.</summary>
    public ReceiveState Receive(Socket socket, out SocketError error)
    {
        error = SocketError.Success;
        if (IsFull)
            return ReceiveState.Empty;
        MakeRoom();
        int count = socket.Receive(_bytes.AsSpan(_end), SocketFlags.None, out error);
        if (error is SocketError.WouldBlock or SocketError.Interrupted)
        {
            error = SocketError.Success;
            return ReceiveState.Empty;
        }

        if (error != SocketError.Success || count == 0)
            return ReceiveState.Ended;
        _end += count;
        return ReceiveState.Received;
    }

    /// <summary>Says what the bytes begin with, and takes it if it is a whole message.</summary>
    public FrameState TryTake(out byte[] message)
    {
        message = [];
        FrameState state = OpenFlowHeader.Find(Bytes, out int length);
        if (state != FrameState.Message)
            return state;
        message = Bytes[..length].ToArray();
        _start += length;
        if (_start == _end)
            _start = _end = 0;
        return state;
    }

    private void MakeRoom()
    {
        if (_start > 0 && _bytes.Length - _end < First)
        {
            Bytes.CopyTo(_bytes);
            _end -= _start;
            _start = 0;
        }

        if (_end == _bytes.Length)
            Array.Resize(ref _bytes, Math.Min(_bytes.Length * 2, Most));
    }
}
