using UpcallActors.Embedded.Tests.Requests;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded.Tests.Actions;

/// <summary>Actions as attributes.</summary>
public static class ActionBytes
{
    public static byte[] Output(uint port) =>
        Attributes.Build((ref NetlinkWriter writer) => writer.PutU32(OvsActionAttribute.Output, port));

    public static byte[] Recirc(uint id) => Attributes.Build((ref NetlinkWriter writer) => writer.PutU32(OvsActionAttribute.Recirc, id));

    public static byte[] Trunc(uint length) =>
        Attributes.Build((ref NetlinkWriter writer) => writer.PutU32(OvsActionAttribute.Trunc, length));

    public static byte[] Meter(uint id) => Attributes.Build((ref NetlinkWriter writer) => writer.PutU32(OvsActionAttribute.Meter, id));

    public static byte[] Drop(uint error) => Attributes.Build((ref NetlinkWriter writer) => writer.PutU32(OvsActionAttribute.Drop, error));

    public static byte[] PopVlan() => Attributes.Build((ref NetlinkWriter writer) => writer.PutFlag(OvsActionAttribute.PopVlan));

    public static byte[] CtClear() => Attributes.Build((ref NetlinkWriter writer) => writer.PutFlag(OvsActionAttribute.CtClear));

    public static byte[] PushVlan(ushort id, ushort tpid = 0x8100) => Attributes.Build((ref NetlinkWriter writer) =>
    {
        Span<byte> payload = writer.PutReserved(OvsActionAttribute.PushVlan, 4);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(payload, tpid);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(payload[2..], (ushort)(id | 0x1000));
    });

    public static byte[] Hash(uint basis, uint algorithm = 0) => Attributes.Build((ref NetlinkWriter writer) =>
        writer.PutU64(OvsActionAttribute.Hash, algorithm | ((ulong)basis << 32)));

    public static byte[] Ct(ushort zone, bool commit) => Attributes.Nest(OvsActionAttribute.Ct, (ref NetlinkWriter writer) =>
    {
        if (commit)
            writer.PutFlag(OvsCtAttribute.Commit);
        writer.PutU16(OvsCtAttribute.Zone, zone);
    });

    public static byte[] Userspace(byte[]? userData = null, bool withActions = false,
        uint pid = uint.MaxValue) => Attributes.Nest(OvsActionAttribute.Userspace, (ref NetlinkWriter writer) =>
    {
        writer.PutU32(OvsUserspaceAttribute.Pid, pid);
        if (userData is not null)
            writer.Put(OvsUserspaceAttribute.UserData, userData);
        if (withActions)
            writer.PutFlag(OvsUserspaceAttribute.Actions);
    });

    public static byte[] Sample(uint probability,
        byte[] actions) => Attributes.Nest(OvsActionAttribute.Sample, (ref NetlinkWriter writer) =>
    {
        writer.PutU32(OvsSampleAttribute.Probability, probability);
        writer.Put(OvsSampleAttribute.Actions, actions);
    });

    public static byte[] Clone(byte[] actions) =>
        Attributes.Build((ref NetlinkWriter writer) => writer.Put(OvsActionAttribute.Clone, actions));

    public static byte[] CheckPktLen(ushort length, byte[] greater,
        byte[] lessEqual) => Attributes.Nest(OvsActionAttribute.CheckPktLen, (ref NetlinkWriter writer) =>
    {
        writer.PutU16(OvsCheckPktLenAttribute.PktLen, length);
        writer.Put(OvsCheckPktLenAttribute.ActionsIfGreater, greater);
        writer.Put(OvsCheckPktLenAttribute.ActionsIfLessEqual, lessEqual);
    });

    /// <summary>SET_MASKED of one key; value and mask have the same length.</summary>
    public static byte[] SetMasked(ushort key, byte[] value,
        byte[] mask) => Attributes.Nest(OvsActionAttribute.SetMasked, (ref NetlinkWriter writer) =>
        writer.Put(key, [.. value, .. mask]));

    public static byte[] Set(ushort key, byte[] value) =>
        Attributes.Nest(OvsActionAttribute.Set, (ref NetlinkWriter writer) => writer.Put(key, value));
}
