using System.Globalization;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Odp.Text;

/// <summary>
/// Parses action lists (<c>odp_actions_from_string</c>), <c>hash</c>, <c>push_mpls</c>
/// and the like included, which Open vSwitch prints but does not read.
/// </summary>
internal sealed class OdpActionParser(OdpTextCursor cursor, IOdpPortNames names)
{
    /// <summary>Parses actions up to a closing bracket or the end.</summary>
    internal void ParseList(ref NetlinkWriter writer, int depth)
    {
        if (depth >= OvsActionList.MaximumDepth)
            throw cursor.Expected("less nesting");
        cursor.SkipSeparators();
        if (cursor.PeekWord("()") == "drop")
        {
            cursor.Take("drop");
            return;
        }

        while (!cursor.AtEnd && cursor.Current != ')')
        {
            ParseOne(ref writer, depth);
            if (!cursor.SkipSeparators() && !cursor.AtEnd && cursor.Current != ')')
                throw cursor.Expected("\",\"");
        }
    }

    private void ParseOne(ref NetlinkWriter writer, int depth)
    {
        int start = cursor.Position;
        if (char.IsAsciiDigit(cursor.Current))
        {
            OvsActionWriter.Output(ref writer, (uint)cursor.TakeNumber(32));
            return;
        }

        // A port may be called like an action: the name wins, as in Open vSwitch.
        string word = cursor.TakeWord("()");
        if (cursor.Current != '(' && names.NumberOf(word) is { } port)
        {
            OvsActionWriter.Output(ref writer, port);
            return;
        }

        if (word == "ct")
        {
            CtParser.Parse(cursor, ref writer);
            return;
        }

        if (TryParsePlain(word, ref writer))
            return;
        cursor.MoveBack(start);
        if (!TryParseNumbered(word, ref writer) && !TryParseNesting(ref writer, depth))
            ParseOther(word, ref writer);
    }

    /// <summary>Actions without arguments.</summary>
    private bool TryParsePlain(string word, ref NetlinkWriter writer)
    {
        switch (word)
        {
            case "pop_vlan":
                OvsActionWriter.PopVlan(ref writer);
                return true;
            case "pop_eth":
                OvsActionWriter.PopEth(ref writer);
                return true;
            case "ct_clear":
                OvsActionWriter.CtClear(ref writer);
                return true;
            case "pop_nsh":
                cursor.Take("()");
                OvsActionWriter.PopNsh(ref writer);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Actions with one number.</summary>
    private bool TryParseNumbered(string word, ref NetlinkWriter writer)
    {
        ushort type = word switch
        {
            "recirc" => OvsActionAttribute.Recirc,
            "trunc" => OvsActionAttribute.Trunc,
            "meter" => OvsActionAttribute.Meter,
            _ => 0,
        };
        if (type == 0)
            return false;
        cursor.Take(word);
        cursor.Take("(");
        writer.PutU32(type, (uint)cursor.TakeNumber(32));
        cursor.Take(")");
        return true;
    }

    private bool TryParseNesting(ref NetlinkWriter writer, int depth)
    {
        if (cursor.TryTake("clone("))
        {
            Nest(OvsActionAttribute.Clone, ref writer, depth);
            cursor.Take(")");
            return true;
        }

        if (cursor.TryTake("dec_ttl(le_1("))
        {
            int nest = writer.BeginNest(OvsActionAttribute.DecTtl);
            Nest(OvsActionWriter.DecTtlActions, ref writer, depth);
            writer.EndNest(nest);
            cursor.Take("))");
            return true;
        }

        if (cursor.TryTake("sample(sample="))
        {
            int nest = writer.BeginNest(OvsActionAttribute.Sample);
            writer.PutU32(OvsSampleAttribute.Probability, TakeProbability());
            cursor.Take(",actions(");
            Nest(OvsSampleAttribute.Actions, ref writer, depth);
            cursor.Take("))");
            writer.EndNest(nest);
            return true;
        }

        if (!cursor.TryTake("check_pkt_len(size="))
            return false;
        int check = writer.BeginNest(OvsActionAttribute.CheckPktLen);
        writer.PutU16(OvsCheckPktLenAttribute.PktLen, (ushort)cursor.TakeNumber(16));
        cursor.Take(",gt(");
        Nest(OvsCheckPktLenAttribute.ActionsIfGreater, ref writer, depth);
        cursor.Take("),le(");
        Nest(OvsCheckPktLenAttribute.ActionsIfLessEqual, ref writer, depth);
        cursor.Take("))");
        writer.EndNest(check);
        return true;
    }

    private void Nest(ushort type, ref NetlinkWriter writer, int depth)
    {
        int nest = writer.BeginNest(type);
        ParseList(ref writer, depth + 1);
        writer.EndNest(nest);
    }

    private uint TakeProbability()
    {
        int start = cursor.Position;
        string number = cursor.TakeWord("%)");
        cursor.Take("%");
        if (double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percentage)
            && percentage <= 100)
            return (uint)Math.Min(uint.MaxValue, Math.Floor((uint.MaxValue * (percentage / 100)) + 0.5));
        cursor.MoveBack(start);
        throw cursor.Expected("a percentage");
    }

    private void ParseOther(string word, ref NetlinkWriter writer)
    {
        int start = cursor.Position;
        cursor.Take(word);
        if (word.StartsWith("action", StringComparison.Ordinal) && ushort.TryParse(word.AsSpan(6), NumberStyles.None,
            CultureInfo.InvariantCulture, out ushort type) && type <= NetlinkAttribute.TypeMask)
        {
            byte[] payload = cursor.TryTake("(") ? cursor.TakeBytes() : [];
            if (payload.Length != 0)
                cursor.Take(")");
            writer.Put(type, payload);
            return;
        }

        if (!cursor.TryTake("("))
        {
            cursor.MoveBack(start);
            throw cursor.Expected("an action or the name of a port");
        }

        switch (word)
        {
            case "set":
                ParseSet(ref writer);
                break;
            case "hash":
                uint algorithm = cursor.TryTake("l4(") ? OvsActionWriter.HashL4
                    : cursor.TryTake("sym_l4(") ? OvsActionWriter.HashSymmetricL4
                    : throw cursor.Expected("l4 or sym_l4");
                OvsActionWriter.Hash(ref writer, algorithm, (uint)cursor.TakeNumber(32));
                cursor.Take(")");
                break;
            case "push_vlan":
                ParsePushVlan(ref writer);
                break;
            case "push_mpls" or "add_mpls":
                ParsePushMpls(word == "add_mpls", ref writer);
                break;
            case "pop_mpls":
                cursor.Take("eth_type=");
                OvsActionWriter.PopMpls(ref writer, (ushort)cursor.TakeNumber(16));
                break;
            case "push_eth":
                cursor.Take("src=");
                ulong source = (ulong)OdpFieldText.ParseValue(cursor, OdpFieldSyntax.Mac);
                cursor.Take(",dst=");
                OvsActionWriter.PushEth(ref writer, source, (ulong)OdpFieldText.ParseValue(cursor, OdpFieldSyntax.Mac));
                break;
            case "push_nsh":
                ParsePushNsh(ref writer);
                break;
            case "psample":
                ParsePsample(ref writer);
                break;
            case "userspace":
                ParseUserspace(ref writer);
                break;
            default:
                cursor.MoveBack(start);
                throw cursor.Expected("an action or the name of a port");
        }

        cursor.Take(")");
    }

    /// <summary>A set becomes a masked one when its mask is not full; a tunnel is always set as a whole.</summary>
    private void ParseSet(ref NetlinkWriter writer)
    {
        var key = new NetlinkWriter(new byte[2048]);
        var mask = new NetlinkWriter(new byte[2048]);
        if (cursor.TryTake("nsh("))
        {
            ParseSetNsh(ref writer);
            return;
        }

        KeyParser.ParseAttribute(cursor, names, ref key, ref mask, depth: 0);
        if (key.Overflowed || mask.Overflowed)
            throw cursor.Expected("a shorter field");
        NetlinkAttributes.Enumerator keys = new NetlinkAttributes(key.Written).GetEnumerator();
        NetlinkAttributes.Enumerator masks = new NetlinkAttributes(mask.Written).GetEnumerator();
        if (!keys.MoveNext() || !masks.MoveNext())
            throw cursor.Expected("a field with a value");
        if (keys.Current.Type is OvsKeyAttribute.Tunnel or OvsKeyAttribute.Encap || !masks.Current.Payload.ContainsAnyExcept(byte.MaxValue))
            OvsActionWriter.Set(ref writer, keys.Current.Type, keys.Current.Payload);
        else
            OvsActionWriter.SetMasked(ref writer, keys.Current.Type, keys.Current.Payload, masks.Current.Payload);
    }

    private void ParseSetNsh(ref NetlinkWriter writer)
    {
        (byte[] header, byte[] mask) = NshText.Parse(cursor);
        cursor.Take(")");
        int set = writer.BeginNest(OvsActionAttribute.SetMasked);
        int nsh = writer.BeginNest(OvsKeyAttribute.Nsh);
        writer.Put(OvsNshKeyAttribute.Base, [.. header.AsSpan(0, NshText.BaseLength), .. mask.AsSpan(0, NshText.BaseLength)]);
        if (mask.AsSpan(NshText.BaseLength).ContainsAnyExcept((byte)0))
            writer.Put(OvsNshKeyAttribute.Md1, [.. header.AsSpan(NshText.BaseLength), .. mask.AsSpan(NshText.BaseLength)]);
        writer.EndNest(nsh);
        writer.EndNest(set);
    }

    private void ParsePushVlan(ref NetlinkWriter writer)
    {
        ushort tpid = EtherTypes.Vlan;
        if (cursor.TryTake("tpid="))
        {
            tpid = (ushort)cursor.TakeNumber(16);
            cursor.Take(",");
        }

        cursor.Take("vid=");
        int tci = (int)cursor.TakeNumber(12);
        if (cursor.TryTake(",pcp="))
            tci |= (int)cursor.TakeNumber(3) << 13;
        bool isPresent = !cursor.TryTake(",cfi=") || cursor.TakeNumber(1) != UInt128.Zero;
        OvsActionWriter.PushVlan(ref writer, tpid, (ushort)(tci | (isPresent ? OvsFlowKeyReader.VlanPresent : 0)));
    }

    private void ParsePushMpls(bool isAdd, ref NetlinkWriter writer)
    {
        (uint entry, _) = KeyParser.TakeLabel(cursor, allowMask: false);
        cursor.Take(",eth_type=");
        ushort etherType = (ushort)cursor.TakeNumber(16);
        if (isAdd)
            OvsActionWriter.AddMpls(ref writer, entry, etherType, flags: 0);
        else
            OvsActionWriter.PushMpls(ref writer, entry, etherType);
    }

    private void ParsePushNsh(ref NetlinkWriter writer)
    {
        const int MaximumMetadataLength = 248;
        (byte[] header, byte[] mask) = NshText.Parse(cursor, stopAt: "md2=");
        int push = writer.BeginNest(OvsActionAttribute.PushNsh);
        int nsh = writer.BeginNest(OvsKeyAttribute.Nsh);
        writer.Put(OvsNshKeyAttribute.Base, header.AsSpan(0, NshText.BaseLength));
        if (cursor.TryTake("md2="))
        {
            int digits = cursor.PeekWord(")").Length - 2;
            byte[] metadata = new byte[Math.Clamp(NetlinkAlignment.Align((digits + 1) / 2), 0, MaximumMetadataLength)];
            GeneveText.TakeHexadecimal(cursor, metadata);
            writer.Put(OvsNshKeyAttribute.Md2, metadata);
        }
        else if (NshText.HasContext(header, mask))
        {
            writer.Put(OvsNshKeyAttribute.Md1, header.AsSpan(NshText.BaseLength));
        }

        writer.EndNest(nsh);
        writer.EndNest(push);
    }

    private void ParsePsample(ref NetlinkWriter writer)
    {
        cursor.Take("group=");
        uint group = (uint)cursor.TakeNumber(32);
        byte[] cookie = [];
        if (cursor.TryTake(",cookie=0x"))
        {
            string digits = cursor.TakeWord(")");
            bool isCookie = digits.All(char.IsAsciiHexDigit) && digits.Length <= 2 * OvsPsampleAction.MaximumCookieLength;
            cookie = isCookie
                ? Convert.FromHexString(digits.Length % 2 == 0 ? digits : "0" + digits)
                : throw cursor.Expected("a cookie of at most 16 bytes");
        }

        new OvsPsampleAction { Group = group, Cookie = cookie }.Write(ref writer);
    }

    private void ParseUserspace(ref NetlinkWriter writer)
    {
        cursor.Take("pid=");
        uint pid = (uint)cursor.TakeNumber(32);
        byte[] userData = OvsCookieText.TryParse(cursor, names) ?? [];
        if (userData.Length == 0 && cursor.TryTake(",userdata("))
        {
            userData = cursor.TakeBytes();
            cursor.Take(")");
        }

        bool withActions = cursor.TryTake(",actions");
        uint? port = null;
        if (cursor.TryTake(",tunnel_out_port="))
            port = char.IsAsciiDigit(cursor.Current)
                ? (uint)cursor.TakeNumber(32)
                : names.NumberOf(cursor.TakeWord(")")) ?? throw cursor.Expected("the name of a port");
        new OvsUserspaceAction { Pid = pid, UserData = userData, WithActions = withActions, EgressTunnelPort = port }.Write(ref writer);
    }
}
