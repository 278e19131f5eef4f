using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace UpcallActors.Odp.Text;

/// <summary>
/// The cookies that ovs-vswitchd puts into userspace actions (<c>struct user_action_cookie</c>, 48 bytes), as
/// <c>format_odp_userspace_action</c> prints them: they may be in flows that it left behind. The input port and the bridge
/// that a cookie names have no text. This project's own cookies have another length and are printed as bytes.
/// </summary>
internal static class OvsCookieText
{
    internal const int Length = 48;

    private const int PortOffset = 4;
    private const int UnionOffset = 24;
    private const uint NoPort = 0xffff;
    private const ushort Sflow = 1;
    private const ushort SlowPath = 2;
    private const ushort FlowSample = 3;
    private const ushort Ipfix = 4;
    private const ushort Controller = 5;
    private static readonly string[] SlowPathReasons = ["cfm", "bfd", "lacp", "stp", "lldp", "action", "match"];
    private static readonly string[] Directions = ["", ",ingress", ",egress"];

    /// <summary>Fields of plain host-order numbers, by kind: name, offset, bytes.</summary>
    private static readonly (string Name, int Offset, int Bytes)[] SampleFields =
        [("probability", 24, 2), ("collector_set_id", 28, 4), ("obs_domain_id", 32, 4), ("obs_point_id", 36, 4)];
    private static readonly (string Name, int Offset, int Bytes)[] ControllerHead =
        [("reason", 26, 2), ("dont_send", 24, 1), ("continuation", 25, 1), ("recirc_id", 28, 4)];
    private static readonly (string Name, int Offset, int Bytes)[] ControllerTail = [("controller_id", 40, 2), ("max_len", 42, 2)];

    /// <summary>Appends <c>,kind(…)</c>; false when the bytes are no such cookie.</summary>
    internal static bool TryAppend(StringBuilder text, ReadOnlySpan<byte> cookie, IOdpPortNames names)
    {
        if (cookie.Length != Length)
            return false;
        switch (BinaryPrimitives.ReadUInt16LittleEndian(cookie))
        {
            case Sflow:
                ushort tci = BinaryPrimitives.ReadUInt16BigEndian(cookie[UnionOffset..]);
                text.Append(CultureInfo.InvariantCulture, $",sFlow(vid={tci & 0xfff},pcp={tci >> 13},output={Number(cookie, 28, 4)})");
                return true;
            case SlowPath:
                AppendSlowPath(text, (uint)Number(cookie, 28, 4));
                return true;
            case FlowSample:
                text.Append(",flow_sample(");
                AppendFields(text, cookie, SampleFields);
                text.Append(",output_port=");
                AppendPort(text, (uint)Number(cookie, 40, 4), names);
                UInt128 direction = Number(cookie, 44, 4);
                text.Append(direction < (UInt128)Directions.Length ? Directions[(int)direction] : "").Append(')');
                return true;
            case Ipfix:
                text.Append(",ipfix(output_port=");
                AppendPort(text, (uint)Number(cookie, UnionOffset, 4), names);
                text.Append(')');
                return true;
            case Controller:
                text.Append(",controller(");
                AppendFields(text, cookie, ControllerHead);
                text.Append(",rule_cookie=");
                OdpFieldText.AppendHexadecimal(text, BinaryPrimitives.ReadUInt64BigEndian(cookie[32..]));
                text.Append(',');
                AppendFields(text, cookie, ControllerTail);
                text.Append(')');
                return true;
            default:
                return false;
        }
    }

    /// <summary>Parses <c>,kind(…)</c> if it follows; null if not.</summary>
    internal static byte[]? TryParse(OdpTextCursor cursor, IOdpPortNames names)
    {
        byte[] cookie = new byte[Length];
        BinaryPrimitives.WriteUInt32LittleEndian(cookie.AsSpan(PortOffset), NoPort);
        if (cursor.TryTake(",sFlow("))
            ParseSflow(cursor, cookie);
        else if (cursor.TryTake(",slow_path("))
            ParseSlowPath(cursor, cookie);
        else if (cursor.TryTake(",flow_sample("))
            ParseFlowSample(cursor, cookie, names);
        else if (cursor.TryTake(",ipfix("))
            ParseIpfix(cursor, cookie, names);
        else if (cursor.TryTake(",controller("))
            ParseController(cursor, cookie);
        else
            return null;
        cursor.Take(")");
        return cookie;
    }

    private static UInt128 Number(ReadOnlySpan<byte> cookie, int offset, int bytes) => KeyNames.ReadNumber(cookie.Slice(offset, bytes));

    private static void AppendFields(StringBuilder text, ReadOnlySpan<byte> cookie,
        ReadOnlySpan<(string Name, int Offset, int Bytes)> fields)
    {
        string separator = "";
        foreach ((string name, int offset, int bytes) in fields)
        {
            text.Append(separator).Append(name).Append('=').Append(Number(cookie, offset, bytes).ToString(CultureInfo.InvariantCulture));
            separator = ",";
        }
    }

    private static void AppendPort(StringBuilder text, uint port, IOdpPortNames names) =>
        text.Append(names.NameOf(port) ?? port.ToString(CultureInfo.InvariantCulture));

    private static void AppendSlowPath(StringBuilder text, uint reasons)
    {
        text.Append(",slow_path(").Append(reasons == 0 ? "0" : "");
        string separator = "";
        for (int index = 0; index < SlowPathReasons.Length; index++)
        {
            if ((reasons & (1u << index)) == 0)
                continue;
            text.Append(separator).Append(SlowPathReasons[index]);
            separator = ",";
        }

        uint unnamed = reasons >> SlowPathReasons.Length << SlowPathReasons.Length;
        if (unnamed != 0)
            text.Append(separator).Append(CultureInfo.InvariantCulture, $"0x{unnamed:x}");
        text.Append(')');
    }

    private static void ParseSflow(OdpTextCursor cursor, Span<byte> cookie)
    {
        SetKind(cookie, Sflow);
        cursor.Take("vid=");
        int tci = (int)cursor.TakeNumber(12);
        cursor.Take(",pcp=");
        tci |= (int)cursor.TakeNumber(3) << 13;
        if (tci != 0)
            tci |= OvsFlowKeyReader.VlanPresent;
        BinaryPrimitives.WriteUInt16BigEndian(cookie[UnionOffset..], (ushort)tci);
        cursor.Take(",output=");
        KeyNames.WriteNumber(cookie.Slice(28, 4), cursor.TakeNumber(32));
    }

    private static void ParseSlowPath(OdpTextCursor cursor, Span<byte> cookie)
    {
        SetKind(cookie, SlowPath);
        uint reasons = 0;
        while (cursor.Current != ')')
        {
            int start = cursor.Position;
            if (char.IsAsciiDigit(cursor.Current))
            {
                reasons |= (uint)cursor.TakeNumber(32);
            }
            else
            {
                int index = Array.IndexOf(SlowPathReasons, cursor.TakeWord(")"));
                if (index < 0)
                {
                    cursor.MoveBack(start);
                    throw cursor.Expected("a reason for the slow path");
                }

                reasons |= 1u << index;
            }

            cursor.SkipSeparators();
        }

        KeyNames.WriteNumber(cookie.Slice(28, 4), reasons);
    }

    private static void ParseFlowSample(OdpTextCursor cursor, Span<byte> cookie, IOdpPortNames names)
    {
        SetKind(cookie, FlowSample);
        ParseFields(cursor, cookie, SampleFields);
        cursor.Take(",output_port=");
        KeyNames.WriteNumber(cookie.Slice(40, 4), TakePort(cursor, names));
        uint direction = cursor.TryTake(Directions[1]) ? 1u : cursor.TryTake(Directions[2]) ? 2u : 0u;
        KeyNames.WriteNumber(cookie.Slice(44, 4), direction);
    }

    private static void ParseIpfix(OdpTextCursor cursor, Span<byte> cookie, IOdpPortNames names)
    {
        SetKind(cookie, Ipfix);
        cursor.Take("output_port=");
        KeyNames.WriteNumber(cookie.Slice(UnionOffset, 4), TakePort(cursor, names));
    }

    private static void ParseController(OdpTextCursor cursor, Span<byte> cookie)
    {
        SetKind(cookie, Controller);
        ParseFields(cursor, cookie, ControllerHead);
        cursor.Take(",rule_cookie=");
        BinaryPrimitives.WriteUInt64BigEndian(cookie[32..], (ulong)cursor.TakeNumber(64));
        cursor.Take(",");
        ParseFields(cursor, cookie, ControllerTail);
    }

    private static void ParseFields(OdpTextCursor cursor, Span<byte> cookie, ReadOnlySpan<(string Name, int Offset, int Bytes)> fields)
    {
        string separator = "";
        foreach ((string name, int offset, int bytes) in fields)
        {
            cursor.Take(separator);
            cursor.Take(name);
            cursor.Take("=");
            KeyNames.WriteNumber(cookie.Slice(offset, bytes), cursor.TakeNumber(8 * bytes));
            separator = ",";
        }
    }

    private static uint TakePort(OdpTextCursor cursor, IOdpPortNames names)
    {
        if (char.IsAsciiDigit(cursor.Current))
            return (uint)cursor.TakeNumber(32);
        int start = cursor.Position;
        if (names.NumberOf(cursor.TakeWord(")")) is { } port)
            return port;
        cursor.MoveBack(start);
        throw cursor.Expected("a port");
    }

    private static void SetKind(Span<byte> cookie, ushort kind) => BinaryPrimitives.WriteUInt16LittleEndian(cookie, kind);
}
