using System.Net.Sockets;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// What goes to a peer: messages in their order, encoded no earlier than the peer has room for them. A long list is encoded message by
/// message, so a peer that reads slowly costs the list's source and one message.
/// </summary>
/// <param name="tap">Who gets a copy of each message; null for nobody.</param>
internal sealed class SendBuffer(SnoopTap? tap = null)
{
    /// <summary>Bytes that are encoded before the first is sent.</summary>
    private const int Ahead = ushort.MaxValue;

    private readonly Queue<Outgoing> _waiting = [];
    private readonly WireWriter _encoded = new();
    private int _sent;

    /// <summary>Messages and lists that are not encoded to the end.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Whether everything was given to the system.</summary>
    public bool IsEmpty => _waiting.Count == 0 && _sent == _encoded.Length;

    /// <summary>Adds a message or a list.</summary>
    public void Add(Outgoing outgoing) => _waiting.Enqueue(outgoing);

    /// <summary>Sends what the socket takes; the error that ended the connection, or success.</summary>
    public SocketError Send(Socket socket)
    {
        while (Fill())
        {
            int count = socket.Send(_encoded.Written[_sent..], SocketFlags.None, out SocketError error);
            if (error is SocketError.WouldBlock or SocketError.Interrupted)
                return SocketError.Success;
            if (error != SocketError.Success)
                return error;
            _sent += count;
        }

        return SocketError.Success;
    }

    /// <summary>Encodes when nothing encoded is left; whether there is something to send.</summary>
    private bool Fill()
    {
        if (_sent < _encoded.Length)
            return true;
        _encoded.Truncate(0);
        _sent = 0;
        while (_encoded.Length < Ahead && _waiting.TryPeek(out Outgoing? next))
        {
            int start = _encoded.Length;
            if (!next.TryEncodeNext(_encoded))
                _waiting.Dequeue();
            else
                tap?.Copy(_encoded.Written[start..]);
        }

        return _encoded.Length > 0;
    }
}
