using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Odp.Text;

/// <summary>Formats action lists (<c>format_odp_actions</c>).</summary>
internal sealed class ActionFormatter(StringBuilder text, IOdpPortNames names)
{
    internal void Append(ReadOnlySpan<byte> actions, int depth)
    {
        if (actions.IsEmpty)
        {
            text.Append("drop");
            return;
        }

        int end = 0;
        foreach (NetlinkAttribute action in new NetlinkAttributes(actions))
        {
            text.Append(action.Offset == 0 ? "" : ",");
            end = Math.Min(action.Offset + NetlinkAlignment.Align(NetlinkAttribute.HeaderLength + action.Payload.Length), actions.Length);
            if (depth >= OvsActionList.MaximumDepth || OvsActionList.CheckOne(action, depth) != OdpParseError.None)
                AppendGeneric(action, "error ");
            else
                AppendOne(action, depth);
        }

        if (end != actions.Length)
            text.Append(end == 0 ? "<empty>" : "").Append(CultureInfo.InvariantCulture, $",***{actions.Length - end} leftover bytes*** (")
                .Append(Convert.ToHexStringLower(actions[end..])).Append(')');
    }

    private void AppendOne(NetlinkAttribute action, int depth)
    {
        switch (action.Type)
        {
            case OvsActionAttribute.Output:
                AppendPort(action.U32);
                break;
            case OvsActionAttribute.Recirc:
                text.Append("recirc(");
                OdpFieldText.AppendHexadecimal(text, action.U32);
                text.Append(')');
                break;
            case OvsActionAttribute.Trunc or OvsActionAttribute.Meter:
                text.Append(CultureInfo.InvariantCulture, $"{(action.Type == OvsActionAttribute.Trunc ? "trunc" : "meter")}({action.U32})");
                break;
            case OvsActionAttribute.Drop:
                text.Append("drop");
                break;
            case OvsActionAttribute.Hash:
                AppendHash(action.U32, BinaryPrimitives.ReadUInt32LittleEndian(action.Payload[4..]));
                break;
            case OvsActionAttribute.Set:
                text.Append("set(");
                AppendSet(action.Payload, isMasked: false);
                text.Append(')');
                break;
            case OvsActionAttribute.SetMasked:
                text.Append("set(");
                AppendSet(action.Payload, isMasked: true);
                text.Append(')');
                break;
            case OvsActionAttribute.Ct:
                CtFormatter.Append(text, action.Payload);
                break;
            case OvsActionAttribute.Userspace:
                AppendUserspace(action.Payload);
                break;
            default:
                AppendHeaderAction(action, depth);
                break;
        }
    }

    private void AppendHeaderAction(NetlinkAttribute action, int depth)
    {
        switch (action.Type)
        {
            case OvsActionAttribute.PushVlan:
                text.Append("push_vlan(");
                if (action.U16BigEndian != EtherTypes.Vlan)
                    text.Append(CultureInfo.InvariantCulture, $"tpid=0x{action.U16BigEndian:x4},");
                KeyFormatter.AppendTci(text, BinaryPrimitives.ReadUInt16BigEndian(action.Payload[2..]), ushort.MaxValue, verbose: false);
                text.Append(')');
                break;
            case OvsActionAttribute.PopVlan:
                text.Append("pop_vlan");
                break;
            case OvsActionAttribute.PushMpls or OvsActionAttribute.AddMpls:
                text.Append(action.Type == OvsActionAttribute.PushMpls ? "push_mpls(" : "add_mpls(");
                KeyFormatter.AppendLabelStackEntry(text, action.U32BigEndian);
                text.Append(CultureInfo.InvariantCulture, $",eth_type=0x{BinaryPrimitives.ReadUInt16BigEndian(action.Payload[4..]):x})");
                break;
            case OvsActionAttribute.PopMpls:
                text.Append(CultureInfo.InvariantCulture, $"pop_mpls(eth_type=0x{action.U16BigEndian:x})");
                break;
            case OvsActionAttribute.PushEth:
                text.Append("push_eth(src=");
                OdpFieldText.AppendValue(text, OdpFieldSyntax.Mac, OdpFieldText.Read(action.Payload[..6]));
                text.Append(",dst=");
                OdpFieldText.AppendValue(text, OdpFieldSyntax.Mac, OdpFieldText.Read(action.Payload[6..]));
                text.Append(')');
                break;
            case OvsActionAttribute.PopEth:
                text.Append("pop_eth");
                break;
            case OvsActionAttribute.CtClear:
                text.Append("ct_clear");
                break;
            case OvsActionAttribute.PushNsh:
                AppendPushNsh(action.Payload);
                break;
            case OvsActionAttribute.PopNsh:
                text.Append("pop_nsh()");
                break;
            default:
                AppendNesting(action, depth);
                break;
        }
    }

    private void AppendNesting(NetlinkAttribute action, int depth)
    {
        switch (action.Type)
        {
            case OvsActionAttribute.Clone:
                text.Append("clone(");
                Append(action.Payload, depth + 1);
                text.Append(')');
                break;
            case OvsActionAttribute.Sample:
                OvsSampleAction.TryParse(action.Payload, out OvsSampleAction sample);
                text.Append(CultureInfo.InvariantCulture, $"sample(sample={100.0 * sample.Probability / uint.MaxValue:F1}%,actions(");
                Append(sample.Actions, depth + 1);
                text.Append("))");
                break;
            case OvsActionAttribute.CheckPktLen:
                OvsCheckPktLenAction.TryParse(action.Payload, out OvsCheckPktLenAction check);
                text.Append(CultureInfo.InvariantCulture, $"check_pkt_len(size={check.PacketLength},gt(");
                Append(check.IfGreater, depth + 1);
                text.Append("),le(");
                Append(check.IfLessEqual, depth + 1);
                text.Append("))");
                break;
            case OvsActionAttribute.DecTtl:
                new NetlinkAttributes(action.Payload).TryFindLast(OvsActionWriter.DecTtlActions, out NetlinkAttribute expired);
                text.Append("dec_ttl(le_1(");
                Append(expired.Payload, depth + 1);
                text.Append("))");
                break;
            case OvsActionAttribute.Psample:
                OvsPsampleAction.TryParse(action.Payload, out OvsPsampleAction psample);
                text.Append(CultureInfo.InvariantCulture, $"psample(group={psample.Group}");
                if (!psample.Cookie.IsEmpty)
                {
                    text.Append(",cookie=");
                    GeneveText.AppendHexadecimal(text, psample.Cookie);
                }

                text.Append(')');
                break;
            default:
                AppendGeneric(action, "");
                break;
        }
    }

    private void AppendPort(uint port) => text.Append(names.NameOf(port) ?? port.ToString(CultureInfo.InvariantCulture));

    private void AppendHash(uint algorithm, uint basis)
    {
        text.Append("hash(");
        text.Append(algorithm switch
        {
            OvsActionWriter.HashL4 => $"l4({basis})",
            OvsActionWriter.HashSymmetricL4 => $"sym_l4({basis})",
            _ => $"Unknown hash algorithm({algorithm})",
        });
        text.Append(')');
    }

    /// <summary>A set prints every field of its attribute; a masked one those of which some bit counts.</summary>
    private void AppendSet(ReadOnlySpan<byte> payload, bool isMasked)
    {
        NetlinkAttributes.Enumerator list = new NetlinkAttributes(payload).GetEnumerator();
        list.MoveNext();
        NetlinkAttribute field = list.Current;
        if (isMasked && field.Type == OvsKeyAttribute.Nsh)
        {
            text.Append("nsh(");
            NshText.AppendMaskedSet(text, field.Payload);
            text.Append(')');
            return;
        }

        if (!isMasked)
        {
            new KeyFormatter(text, OdpPortNames.None, verbose: true).AppendAttribute(field, default, depth: 0);
            return;
        }

        int half = field.Payload.Length / 2;
        var value = new NetlinkWriter(new byte[NetlinkAttribute.HeaderLength + NetlinkAlignment.Align(half)]);
        value.Put(field.Type, field.Payload[..half]);
        NetlinkAttributes.Enumerator one = new NetlinkAttributes(value.Written).GetEnumerator();
        one.MoveNext();
        new KeyFormatter(text, OdpPortNames.None, verbose: false).AppendAttribute(one.Current,
            new AttributeMask(isExact: false, isMissing: false, field.Payload[half..]), depth: 0);
    }

    private void AppendUserspace(ReadOnlySpan<byte> payload)
    {
        OvsUserspaceAction.TryParse(payload, out OvsUserspaceAction action);
        text.Append(CultureInfo.InvariantCulture, $"userspace(pid={action.Pid}");
        if (!action.UserData.IsEmpty && !OvsCookieText.TryAppend(text, action.UserData, names))
            text.Append(",userdata(").Append(Convert.ToHexStringLower(action.UserData)).Append(')');
        if (action.WithActions)
            text.Append(",actions");
        if (action.EgressTunnelPort is { } port)
        {
            text.Append(",tunnel_out_port=");
            AppendPort(port);
        }

        text.Append(')');
    }

    private void AppendPushNsh(ReadOnlySpan<byte> payload)
    {
        new NetlinkAttributes(payload).TryFindLast(OvsKeyAttribute.Nsh, out NetlinkAttribute nsh);
        text.Append("push_nsh(");
        NshText.Append(text, nsh.Payload, default);
        if (new NetlinkAttributes(nsh.Payload).TryFindLast(OvsNshKeyAttribute.Md2, out NetlinkAttribute metadata))
        {
            text.Append(",md2=");
            GeneveText.AppendHexadecimal(text, metadata.Payload);
        }

        text.Append(')');
    }

    private void AppendGeneric(NetlinkAttribute action, string prefix)
    {
        text.Append(prefix).Append(CultureInfo.InvariantCulture, $"action{action.Type}");
        for (int index = 0; index < action.Payload.Length; index++)
            text.Append(index == 0 ? '(' : ' ').Append(action.Payload[index].ToString("x2", CultureInfo.InvariantCulture));
        text.Append(action.Payload.IsEmpty ? "" : ")");
    }
}
