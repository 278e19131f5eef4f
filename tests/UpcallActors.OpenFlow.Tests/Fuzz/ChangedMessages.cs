using System.Buffers.Binary;

namespace UpcallActors.OpenFlow.Tests;

/// <summary>Makes messages out of good ones, whose elements say their lengths rightly: a decoder looks at each of them.</summary>
internal sealed class ChangedMessages
{
    private const int MostChanges = 4;

    private static readonly uint[] _edges = [0, 1, 2, 0x7f, 0xff, 0xfffb, 0xfffd, 0xffff, 0x7fff_ffff, 0xffff_fffb, uint.MaxValue];

    private readonly IReadOnlyList<WireElement> _messages;
    private readonly Dictionary<ElementLayout, WireElement[]> _elements;

    /// <summary>Of messages, which are not changed.</summary>
    public ChangedMessages(IEnumerable<byte[]> messages)
    {
        _messages =
        [
            .. messages.Where(message => message.Length >= OpenFlowHeader.Size).Select(message => WireElement.OfMessage(message)),
        ];
        _elements = _messages.SelectMany(message => message.Parts).SelectMany(part => part.All()).GroupBy(part => part.Layout)
            .ToDictionary(group => group.Key, group => group.DistinctBy(part => Convert.ToHexString(Bytes(part))).ToArray());
    }

    /// <summary>Another message.</summary>
    public byte[] Next(Random random)
    {
        WireElement message = _messages[random.Next(_messages.Count)].Copy();
        for (int changes = random.Next(1, MostChanges + 1); changes > 0; changes--)
        {
            WireElement[] all = [.. message.All()];
            Change(all[random.Next(all.Length)], random);
        }

        return Bytes(message);
    }

    private static byte[] Bytes(WireElement element)
    {
        List<byte> bytes = [];
        element.Write(bytes);
        return [.. bytes];
    }

    private void Change(WireElement element, Random random)
    {
        List<WireElement> parts = element.Parts;
        if (parts.Count == 0 || random.Next(3) == 0)
        {
            ChangeValue(element, random);
            return;
        }

        int at = random.Next(parts.Count);
        switch (random.Next(5))
        {
            case 0:
                parts.RemoveAt(at);
                break;
            case 1:
                parts.Insert(at, parts[random.Next(parts.Count)].Copy());
                break;
            case 2:
                (parts[at], parts[0]) = (parts[0], parts[at]);
                break;
            case 3:
                parts[at] = Other(parts[at].Layout, random);
                break;
            default:
                parts.Insert(at, Other(parts[at].Layout, random));
                break;
        }
    }

    private static void ChangeValue(WireElement element, Random random)
    {
        Span<byte> head = element.Head;
        int at = random.Next(head.Length);
        switch (random.Next(4))
        {
            case 0:
                head[at] = (byte)random.Next(256);
                break;
            case 1:
                head[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2 when at + sizeof(ushort) <= head.Length:
                BinaryPrimitives.WriteUInt16BigEndian(head[at..], (ushort)_edges[random.Next(_edges.Length)]);
                break;
            default:
                at &= ~3;
                if (at + sizeof(uint) <= head.Length)
                    BinaryPrimitives.WriteUInt32BigEndian(head[at..], _edges[random.Next(_edges.Length)]);
                break;
        }
    }

    private WireElement Other(ElementLayout layout, Random random)
    {
        WireElement[] others = _elements[layout];
        return others[random.Next(others.Length)].Copy();
    }
}
