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

    /// <summary>Lists that are not encoded to the end. Each holds what it is made from, as all flows of a moment.</summary>
    public int Lists { get; private set; }

    /// <summary>Whether what is to be sent next is a message of a list, which is not encoded yet.</summary>
    public bool IsListNext => _sent == _encoded.Length && _waiting.TryPeek(out Outgoing? next) && next.IsList;

    /// <summary>Whether everything was given to the system.</summary>
    public bool IsEmpty => _waiting.Count == 0 && _sent == _encoded.Length;

    /// <summary>Adds a message or a list.</summary>
    public void Add(Outgoing outgoing)
    {
        _waiting.Enqueue(outgoing);
        Lists += outgoing.IsList ? 1 : 0;
    }

    /// <summary>Sends what the socket takes; the error that ended the connection, or success.</summary>
    /// <param name="socket">The socket, which does not block.</param>
    /// <param name="hasTurn">Whether one message of a list may be encoded.</param>
    public SocketError Send(Socket socket, bool hasTurn)
    {
        while (Fill(ref hasTurn))
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
    private bool Fill(ref bool hasTurn)
    {
        if (_sent < _encoded.Length)
            return true;
        _encoded.Truncate(0);
        _sent = 0;
        while (_encoded.Length < Ahead && _waiting.TryPeek(out Outgoing? next))
        {
            if (next.IsList && !hasTurn)
                break;
            hasTurn &= !next.IsList;
            int start = _encoded.Length;
            bool isEncoded = next.TryEncodeNext(_encoded);
            if (isEncoded)
                tap?.Copy(_encoded.Written[start..]);
            if (!isEncoded || next.IsOver)
                Remove();
        }

        return _encoded.Length > 0;
    }

    private void Remove() => Lists -= _waiting.Dequeue().IsList ? 1 : 0;
}
