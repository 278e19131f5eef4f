using System.Text;

namespace UpcallActors.Daemon.Terminal.Monitoring;

/// <summary>
/// The fields of a key that are not zero, for a line:
/// <c>eth(src=…,dst=…),ipv4(src=10.1.1.1,dst=10.1.1.2,proto=1,ttl=64),icmp(type=8)</c>. Works on
/// the text that <c>ovs-dpctl</c> writes.
/// </summary>
internal static class KeySummary
{
    /// <summary>What says which attribute follows, and says so again: the attribute itself does.</summary>
    private static readonly string[] _implied = ["eth_type(0x0800)", "eth_type(0x86dd)", "eth_type(0x0806)", "eth_type(0x8100)"];

    /// <summary>The summary of a key. The port is left out, because a line has another place for it.</summary>
    public static string Of(string key)
    {
        var text = new StringBuilder();
        AppendList(key, text);
        return text.ToString();
    }

    private static void AppendList(ReadOnlySpan<char> list, StringBuilder text)
    {
        int start = text.Length;
        while (!list.IsEmpty)
        {
            ReadOnlySpan<char> part = TakePart(ref list);
            int before = text.Length;
            if (before > start)
                text.Append(',');
            int begin = text.Length;
            AppendPart(part, text);
            if (text.Length == begin)
                text.Length = before;
        }
    }

    private static void AppendPart(ReadOnlySpan<char> part, StringBuilder text)
    {
        int open = part.IndexOf('(');
        if (open < 0 || part[^1] != ')')
        {
            if (!IsZero(part))
                text.Append(part);
            return;
        }

        ReadOnlySpan<char> name = part[..open];
        if (name is "in_port" || IsImplied(part))
            return;
        int begin = text.Append(name).Append('(').Length;
        AppendList(part[(open + 1)..^1], text);
        if (text.Length == begin)
            text.Length = begin - name.Length - 1;
        else
            text.Append(')');
    }

    private static bool IsImplied(ReadOnlySpan<char> part)
    {
        foreach (string implied in _implied)
        {
            if (part.SequenceEqual(implied))
                return true;
        }

        return false;
    }

    /// <summary>Whether a field says nothing: <c>0</c>, <c>tos=0</c>, <c>frag=no</c>, and the same with a mask.</summary>
    private static bool IsZero(ReadOnlySpan<char> field)
    {
        ReadOnlySpan<char> value = field[(field.IndexOf('=') + 1)..];
        int mask = value.IndexOf('/');
        value = mask < 0 ? value : value[..mask];
        // Unknown attributes are bytes: 00 00.
        return value.IndexOfAnyExcept('0', ' ') < 0 || value is "0x0" or "no" or "00:00:00:00:00:00" or "0.0.0.0" or "::";
    }

    /// <summary>Takes what is in front of the next comma that no parenthesis is around.</summary>
    private static ReadOnlySpan<char> TakePart(ref ReadOnlySpan<char> list)
    {
        int depth = 0;
        for (int i = 0; i < list.Length; i++)
        {
            depth += list[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (list[i] != ',' || depth > 0)
                continue;
            ReadOnlySpan<char> part = list[..i];
            list = list[(i + 1)..];
            return part;
        }

        ReadOnlySpan<char> last = list;
        list = [];
        return last;
    }
}
