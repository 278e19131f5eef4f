using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Packets;

namespace UpcallActors.Odp.Tests.Recordings;

/// <summary>
/// Writes keys, masks and actions again from what our views read of them; nothing is copied as bytes but payloads without structure.
/// </summary>
internal static class ModelRewriter
{
    public static byte[] Key(ReadOnlySpan<byte> recorded)
    {
        OvsFlowKeyReader.TryRead(recorded, out FlowKey key).ShouldBe(OdpParseError.None);
        var writer = new NetlinkWriter(new byte[4096]);
        if (FindExtensionHeaders(recorded) is { } headers)
            OvsFlowKeyWriter.WriteKey(key, headers, ref writer);
        else
            OvsFlowKeyWriter.WriteKey(key, ref writer);
        writer.Overflowed.ShouldBeFalse();
        return writer.Written.ToArray();
    }

    public static byte[] Mask(ReadOnlySpan<byte> recordedKey, ReadOnlySpan<byte> recordedMask, bool asKernel)
    {
        OvsFlowKeyReader.TryRead(recordedKey, out FlowKey key).ShouldBe(OdpParseError.None);
        OvsFlowKeyReader.TryReadMask(recordedMask, out FlowKey mask).ShouldBe(OdpParseError.None);
        var writer = new NetlinkWriter(new byte[4096]);
        if (asKernel)
            OvsFlowKeyWriter.WriteMaskAsKernel(key, mask, FindExtensionHeaders(recordedMask), ref writer);
        else
            OvsFlowKeyWriter.WriteMask(key, mask, ref writer);
        writer.Overflowed.ShouldBeFalse();
        return writer.Written.ToArray();
    }

    public static byte[] Actions(ReadOnlySpan<byte> recorded, bool asKernel)
    {
        OvsActionList.Check(recorded).ShouldBe(OdpParseError.None);
        var writer = new NetlinkWriter(new byte[64 * 1024]);
        foreach (NetlinkAttribute action in new NetlinkAttributes(recorded))
            Action(action, asKernel, ref writer);
        writer.Overflowed.ShouldBeFalse();
        return writer.Written.ToArray();
    }

    private static void Action(NetlinkAttribute action, bool asKernel, ref NetlinkWriter writer)
    {
        switch (action.Type)
        {
            case OvsActionAttribute.Output:
                OvsActionWriter.Output(ref writer, action.U32);
                break;
            case OvsActionAttribute.Recirc:
                OvsActionWriter.Recirc(ref writer, action.U32);
                break;
            case OvsActionAttribute.Trunc:
                OvsActionWriter.Trunc(ref writer, action.U32);
                break;
            case OvsActionAttribute.Meter:
                OvsActionWriter.Meter(ref writer, action.U32);
                break;
            case OvsActionAttribute.PushVlan:
                OvsActionWriter.PushVlan(ref writer, action.U16BigEndian, BinaryPrimitives.ReadUInt16BigEndian(action.Payload[2..]));
                break;
            case OvsActionAttribute.PopVlan:
                OvsActionWriter.PopVlan(ref writer);
                break;
            case OvsActionAttribute.CtClear:
                OvsActionWriter.CtClear(ref writer);
                break;
            case OvsActionAttribute.Hash:
                OvsActionWriter.Hash(ref writer, action.U32, BinaryPrimitives.ReadUInt32LittleEndian(action.Payload[4..]));
                break;
            case OvsActionAttribute.Ct:
                OvsCtAction.TryParse(action.Payload, out OvsCtAction ct).ShouldBe(OdpParseError.None);
                if (asKernel)
                    ct.WriteAsKernel(ref writer);
                else
                    ct.Write(ref writer);
                break;
            case OvsActionAttribute.Userspace:
                OvsUserspaceAction.TryParse(action.Payload, out OvsUserspaceAction userspace).ShouldBe(OdpParseError.None);
                userspace.Write(ref writer);
                break;
            case OvsActionAttribute.Sample:
                OvsSampleAction.TryParse(action.Payload, out OvsSampleAction sample).ShouldBe(OdpParseError.None);
                new OvsSampleAction { Probability = sample.Probability, Actions = Actions(sample.Actions, asKernel) }.Write(ref writer);
                break;
            case OvsActionAttribute.CheckPktLen:
                OvsCheckPktLenAction.TryParse(action.Payload, out OvsCheckPktLenAction check).ShouldBe(OdpParseError.None);
                new OvsCheckPktLenAction
                {
                    PacketLength = check.PacketLength,
                    IfGreater = Actions(check.IfGreater, asKernel),
                    IfLessEqual = Actions(check.IfLessEqual, asKernel),
                }.Write(ref writer);
                break;
            case OvsActionAttribute.Clone:
                OvsActionWriter.Clone(ref writer, Actions(action.Payload, asKernel));
                break;
            case OvsActionAttribute.Set:
                Set(action, ref writer);
                break;
            default:
                throw new InvalidOperationException($"action {action.Type} is in no recording");
        }
    }

    private static void Set(NetlinkAttribute action, ref NetlinkWriter writer)
    {
        new NetlinkAttributes(action.Payload).TryFindLast(OvsKeyAttribute.Tunnel, out NetlinkAttribute tunnel)
            .ShouldBeTrue("only tunnels are set in the recordings");
        FlowKey key = default;
        OvsTunnelKeyReader.Read(tunnel.Payload, ref key).ShouldBe(OdpParseError.None);
        OvsActionWriter.SetTunnel(ref writer, key);
    }

    private static ushort? FindExtensionHeaders(ReadOnlySpan<byte> attributes)
    {
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(attributes))
        {
            if (attribute.Type == OvsKeyAttribute.Ipv6ExtHdrs)
                return attribute.U16;
            if (attribute.Type == OvsKeyAttribute.Encap && FindExtensionHeaders(attribute.Payload) is { } inner)
                return inner;
        }

        return null;
    }
}
