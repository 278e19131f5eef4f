using System.Buffers.Binary;
using System.Text;
using UpcallActors.Linux;

namespace UpcallActors.Tests;

/// <summary>The devices of a host, as rtnetlink answers for them, with a count of the messages that went to and fro.</summary>
internal sealed class ScriptedLinks : INetlinkConversation
{
    private const int HeaderLength = 16;
    private const ushort NameAttribute = 3;
    private const ushort MtuAttribute = 4;
    private const ushort LinkInfoAttribute = 18;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, (string Name, byte[] Info)> _devices = [];
    private int _last;

    /// <summary>Requests and answers of the thread that made this one.</summary>
    public int Messages { get; private set; }

    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <summary>A device appears.</summary>
    public int Add(string name) => Add(name, []);

    /// <summary>A device is deleted.</summary>
    public void Remove(string name)
    {
        lock (_lock)
            _devices.Remove(IndexOf(name));
    }

    /// <summary>A device gets another name.</summary>
    public void Rename(string name, string other)
    {
        lock (_lock)
            _devices[IndexOf(name)] = (other, []);
    }

    /// <summary>The name of a device; null when it is gone.</summary>
    public string? NameOf(int index)
    {
        lock (_lock)
            return _devices.TryGetValue(index, out (string Name, byte[] Info) device) ? device.Name : null;
    }

    /// <summary>The index of a device; 0 when there is none.</summary>
    public int IndexOf(string name)
    {
        lock (_lock)
            return _devices.FirstOrDefault(device => device.Value.Name == name).Key;
    }

    /// <summary>What the kernel tells of a device to all who listen.</summary>
    public Link Describe(string name)
    {
        NetlinkMessage.TryRead(Message(IndexOf(name)), out NetlinkMessage message, out _).ShouldBe(NetlinkParseError.None);
        Link.TryParse(message, out Link? link).ShouldBe(NetlinkParseError.None);
        return link!;
    }

    public NetlinkResult Request(ReadOnlySpan<byte> request, NetlinkAnswerHandler? onAnswer = null)
    {
        NetlinkMessage.TryRead(request, out NetlinkMessage message, out _).ShouldBe(NetlinkParseError.None);
        Count();
        lock (_lock)
        {
            int index = BinaryPrimitives.ReadInt32LittleEndian(message.Payload[4..]);
            var attributes = new NetlinkAttributes(message.Payload[HeaderLength..]);
            string? name = attributes.TryFindLast(NameAttribute, out NetlinkAttribute text)
                ? Encoding.UTF8.GetString(text.Payload.TrimEnd((byte)0))
                : null;
            switch (message.Type)
            {
                case LinkMessageType.Get when message.Flags.HasFlag(NetlinkFlags.Dump):
                    foreach (int each in _devices.Keys)
                        Answer(each, onAnswer);
                    return default;
                case LinkMessageType.Get:
                    return Answer(name is null ? index : IndexOf(name), onAnswer);
                case LinkMessageType.New when IndexOf(name!) != 0:
                    return new NetlinkResult(Errno.Exists);
                case LinkMessageType.New:
                    Add(name!, attributes.TryFindLast(LinkInfoAttribute, out NetlinkAttribute info) ? info.Payload.ToArray() : []);
                    return default;
                case LinkMessageType.Delete:
                    return new NetlinkResult(_devices.Remove(index) ? Errno.None : Errno.NoDevice);
                default:
                    return default;
            }
        }
    }

    public void Dispose()
    {
    }

    private int Add(string name, byte[] info)
    {
        lock (_lock)
        {
            _devices.Add(++_last, (name, info));
            return _last;
        }
    }

    private NetlinkResult Answer(int index, NetlinkAnswerHandler? onAnswer)
    {
        if (!_devices.ContainsKey(index))
            return new NetlinkResult(Errno.NoDevice);
        Count();
        NetlinkMessage.TryRead(Message(index), out NetlinkMessage message, out _).ShouldBe(NetlinkParseError.None);
        onAnswer?.Invoke(message);
        return default;
    }

    private void Count()
    {
        if (Environment.CurrentManagedThreadId == _thread)
            Messages++;
    }

    private byte[] Message(int index)
    {
        (string name, byte[] info) = _devices[index];
        var writer = new NetlinkWriter(new byte[512]);
        int start = writer.BeginMessage(LinkMessageType.New, NetlinkFlags.None, sequence: 0, portId: 0);
        Span<byte> header = stackalloc byte[HeaderLength];
        header.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], index);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)(LinkFlags.Up | LinkFlags.LowerUp));
        writer.PutRaw(header);
        writer.PutString(NameAttribute, name);
        writer.PutU32(MtuAttribute, info.Length == 0 ? 1500U : 65000U);
        if (info.Length > 0)
            writer.Put(LinkInfoAttribute, info);
        writer.EndMessage(start);
        return writer.Written.ToArray();
    }
}
