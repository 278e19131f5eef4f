using System.Globalization;
using System.Text;

namespace UpcallActors.Odp.Text;

/// <summary>A flow as one line of <c>ovs-appctl dpctl/dump-flows</c>, with <c>-m</c> or without (<c>format_dpif_flow</c>).</summary>
internal sealed record FlowDumpLine
{
    private static readonly (byte Bit, char Letter)[] TcpFlagLetters =
        [(0x02, 'S'), (0x01, 'F'), (0x08, 'P'), (0x04, 'R'), (0x20, 'U'), (0x10, '.'), (0x40, 'E'), (0x80, 'C')];

    /// <summary>The flow's id; null when the line has none.</summary>
    public Ufid? Ufid { get; init; }

    /// <summary>Key attributes.</summary>
    public required ReadOnlyMemory<byte> Key { get; init; }

    /// <summary>Mask attributes.</summary>
    public required ReadOnlyMemory<byte> Mask { get; init; }

    /// <summary>Action attributes.</summary>
    public required ReadOnlyMemory<byte> Actions { get; init; }

    /// <summary>Packets that matched.</summary>
    public ulong Packets { get; init; }

    /// <summary>Bytes that matched.</summary>
    public ulong Bytes { get; init; }

    /// <summary>Milliseconds since the last match; null is never.</summary>
    public long? UsedAgo { get; init; }

    /// <summary>TCP flags seen.</summary>
    public byte TcpFlags { get; init; }

    /// <summary>Which datapath has the flow: <c>ovs</c>, or <c>tc</c>; null when the line does not say.</summary>
    public string? Layer { get; init; }

    /// <summary>
    /// Takes a flow as the datapath reported it. <paramref name="nowMilliseconds"/> is the monotonic time that its age counts to.
    /// </summary>
    public static FlowDumpLine Of(in FlowMessage flow, ReadOnlySpan<byte> message, long nowMilliseconds) => new()
    {
        Ufid = flow.Ufid,
        Key = Copy(flow.Key, message),
        Mask = Copy(flow.Mask, message),
        Actions = Copy(flow.Actions, message),
        Packets = flow.Packets,
        Bytes = flow.Bytes,
        UsedAgo = flow.Used == 0 ? null : nowMilliseconds - (long)flow.Used,
        TcpFlags = flow.TcpFlags,
        Layer = "ovs",
    };

    /// <summary>Parses a line. Throws <see cref="OdpTextException"/>, which says where it failed.</summary>
    public static FlowDumpLine Parse(string line, IOdpPortNames? names)
    {
        var cursor = new OdpTextCursor(line);
        Ufid? ufid = null;
        if (cursor.TryTake("ufid:"))
        {
            ufid = Odp.Ufid.TryParse(cursor.TakeWord(""), out Ufid parsed) ? parsed : throw cursor.Expected("a unique flow id");
            cursor.Take(", ");
        }

        (byte[] key, byte[] mask) = KeyParser.ParseList(cursor, names ?? OdpPortNames.None, endsBeforeBlank: true);
        cursor.Take(", packets:");
        ulong packets = (ulong)cursor.TakeNumber(64);
        cursor.Take(", bytes:");
        ulong bytes = (ulong)cursor.TakeNumber(64);
        cursor.Take(", used:");
        long? used = TakeUsed(cursor);
        byte flags = cursor.TryTake(", flags:") ? ParseTcpFlags(cursor) : (byte)0;
        string? layer = cursor.TryTake(", dp:") ? cursor.TakeWord("") : null;
        cursor.Take(", actions:");
        return new FlowDumpLine
        {
            Ufid = ufid,
            Key = key,
            Mask = mask,
            Packets = packets,
            Bytes = bytes,
            UsedAgo = used,
            TcpFlags = flags,
            Layer = layer,
            Actions = ActionText.Parse(line[cursor.Position..], names),
        };
    }

    /// <summary>Formats the line; verbose as with <c>-m</c>, which adds the id, the layer and wildcarded fields.</summary>
    public string Format(IOdpPortNames? names, bool verbose)
    {
        var text = new StringBuilder();
        if (verbose && Ufid is { } ufid)
            text.Append("ufid:").Append(ufid).Append(", ");
        text.Append(FlowText.Format(Key.Span, Mask.Span, names, verbose)).Append(", ");
        AppendStatistics(text);
        if (verbose && Layer is not null)
            text.Append(", dp:").Append(Layer);
        return text.Append(", actions:").Append(ActionText.Format(Actions.Span, names)).ToString();
    }

    /// <summary>Formats the counters alone (<c>dpif_flow_stats_format</c>).</summary>
    public string FormatStatistics()
    {
        var text = new StringBuilder();
        AppendStatistics(text);
        return text.ToString();
    }

    private void AppendStatistics(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"packets:{Packets}, bytes:{Bytes}, used:");
        if (UsedAgo is { } used)
            text.Append(CultureInfo.InvariantCulture, $"{used / 1000.0:F3}s");
        else
            text.Append("never");
        if (TcpFlags != 0)
            AppendTcpFlags(text.Append(", flags:"));
    }

    private static byte[] Copy(Extent extent, ReadOnlySpan<byte> message) => extent.IsPresent ? extent.Of(message).ToArray() : [];

    private static long? TakeUsed(OdpTextCursor cursor)
    {
        if (cursor.TryTake("never"))
            return null;
        string word = cursor.TakeWord("s");
        bool isNumber = decimal.TryParse(word, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
            out decimal seconds) && Math.Abs(seconds) < long.MaxValue / 1000;
        if (!isNumber)
            throw cursor.Expected("seconds or never");
        cursor.Take("s");
        return (long)(seconds * 1000);
    }

    private static byte ParseTcpFlags(OdpTextCursor cursor)
    {
        byte flags = 0;
        foreach (char letter in cursor.TakeWord(""))
        {
            int index = Array.FindIndex(TcpFlagLetters, flag => flag.Letter == letter);
            flags |= index >= 0 ? TcpFlagLetters[index].Bit : throw cursor.Expected("letters of TCP flags");
        }

        return flags;
    }

    private void AppendTcpFlags(StringBuilder text)
    {
        foreach ((byte bit, char letter) in TcpFlagLetters)
        {
            if ((TcpFlags & bit) != 0)
                text.Append(letter);
        }
    }
}
