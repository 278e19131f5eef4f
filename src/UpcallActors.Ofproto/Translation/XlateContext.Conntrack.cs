using System.Buffers.Binary;
using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

internal ref partial struct XlateContext
{
    /// <summary>
    /// The events that commits report: new, related, destroy, mark, label (<c>OVS_CT_EVENTMASK_DEFAULT</c>); without it the kernel
    /// would send a message for each change of a TCP state too.
    /// </summary>
    private const uint ConntrackEvents = 0x487;

    /// <summary>
    /// Writes a CT action, and a RECIRC behind it when the packet is to go on in a table (<c>compose_conntrack_action</c>).
    /// </summary>
    public void Track(ConntrackAction action)
    {
        ushort zone = action.Zone;
        if (action.ZoneField is SubField field)
        {
            zone = (ushort)field.Read(Flow);
            field.MarkUsed(ref Wildcards);
        }

        if (!CanTrack(action, zone))
        {
            Fail(XlateError.NotSupported);
            return;
        }

        Commit();
        ConnectionChanges.CtMark = 0;
        ConnectionChanges.CtLabels = UInt128.Zero;
        if (action.Nat is NatAction observed)
            _observer?.ActionTaken(observed.ToString());
        // The two parts are one list to Open vSwitch, which says of an empty one that it drops.
        if (action.Nat is null || !action.Exec.Actions.IsEmpty)
            Do(action.Exec, last: false);
        if ((ConnectionChanges.CtMark != 0 && !_support.Features.CtMark)
            || (ConnectionChanges.CtLabels != UInt128.Zero && !_support.Features.CtLabel))
        {
            Fail(XlateError.NotSupported);
            return;
        }

        int nest = Actions.BeginNest(OvsActionAttribute.Ct);
        if (action.Commit)
        {
            Actions.PutFlag(action.Force ? OvsCtAttribute.ForceCommit : OvsCtAttribute.Commit);
            if (_support.Features.CtEventMask)
                Actions.PutU32(OvsCtAttribute.EventMask, ConntrackEvents);
        }

        Actions.PutU16(OvsCtAttribute.Zone, zone);
        PutMarkAndLabels();
        if (action.Helper is string helper)
            Actions.PutString(OvsCtAttribute.Helper, helper);
        if (action.Nat is NatAction nat)
            PutNat(nat);
        Actions.EndNest(nest);
        _mayBeReassembled = true;

        if (action.Table is byte table)
        {
            Conntracked = true;
            Recirculate(table, zone, action.Nat);
        }

        // What conntrack finds out is only known behind the recirculation.
        ClearConnection(ref Flow.Key);
        _observer?.Noted(TranslationNote.Untracked, 0);
        Conntracked = false;
    }

    /// <summary>Forgets the packet's connection (<c>compose_ct_clear_action</c>).</summary>
    public void ClearTracking()
    {
        // Open vSwitch does not mark the bit that decides, so that its flow may leave another packet's connection on it.
        Wildcards.Key.CtState |= CtState.Tracked;
        if (!Conntracked)
            return;
        ClearConnection(ref Flow.Key);
        Conntracked = false;
        // The datapath's own account of the packet is left alone by one that cannot clear it.
        if (_support.Features.CtClear)
            Actions.PutFlag(OvsActionAttribute.CtClear);
    }

    /// <summary>Clears the fields of the connection (<c>flow_clear_conntrack</c>).</summary>
    internal static void ClearConnection(ref FlowKey key)
    {
        key.CtState = CtState.None;
        key.CtZone = 0;
        key.CtMark = 0;
        key.CtLabels = 0;
        ClearOriginalTuple(ref key);
    }

    /// <summary>Clears protocol, addresses and ports of the connection's first packet.</summary>
    internal static void ClearOriginalTuple(ref FlowKey key)
    {
        key.CtOrigProto = 0;
        key.CtOrigTpSrc = 0;
        key.CtOrigTpDst = 0;
        key.CtOrigIpv4Src = 0;
        key.CtOrigIpv4Dst = 0;
        key.CtOrigIpv6Src = 0;
        key.CtOrigIpv6Dst = 0;
    }

    /// <summary>
    /// Whether the datapath has all that a <c>ct</c> needs (<c>check_actions</c>, by which Open vSwitch refuses a rule). To commit by force
    /// came with the original tuple.
    /// </summary>
    private readonly bool CanTrack(ConntrackAction action, ushort zone)
    {
        DatapathSupport features = _support.Features;
        return features.CtState
            && (zone == 0 || features.CtZone)
            && (!action.Force || features.CtOrigTuple)
            && (action.Table is null || features.Recirc)
            && (action.Nat is not { } nat || CanTranslate(nat));
    }

    private readonly bool CanTranslate(NatAction nat) =>
        _support.Features.CtStateNat
        && (_support.Features.CtZeroSnat || nat.AddressBytes == 0 || nat.First != UInt128.Zero || nat.Target != NatTarget.Source);

    private void Recirculate(byte table, ushort zone, NatAction? nat)
    {
        _scratch.Frozen.Capture(Bridge.Name, table, Conntracked, ref Flow, [], [], mayBeReassembled: false, IsBehindPatch, IsHashed);
        uint id = _recirculations.GetId(_scratch.Frozen);
        Actions.PutU32(OvsActionAttribute.Recirc, id);
        if (_observer is null)
            return;
        _observer.Noted(TranslationNote.Forked, table);
        _observer.Recirculated(new ForkedPacket { RecirculationId = id, Table = table, Zone = zone, Nat = nat, Flow = Flow });
    }

    private void PutMarkAndLabels()
    {
        ref FlowKey flow = ref Flow.Key;
        ref FlowKey mask = ref ConnectionChanges;
        Span<byte> pair = stackalloc byte[32];
        if (mask.CtMark != 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(pair, flow.CtMark & mask.CtMark);
            BinaryPrimitives.WriteUInt32LittleEndian(pair[4..], mask.CtMark);
            Actions.Put(OvsCtAttribute.Mark, pair[..8]);
        }

        if (mask.CtLabels != UInt128.Zero)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(pair, flow.CtLabels & mask.CtLabels);
            BinaryPrimitives.WriteUInt128LittleEndian(pair[16..], mask.CtLabels);
            Actions.Put(OvsCtAttribute.Labels, pair);
        }
    }

    private void PutNat(NatAction nat)
    {
        int nest = Actions.BeginNest(OvsCtAttribute.Nat);
        if (nat.Target != NatTarget.Existing)
        {
            Actions.PutFlag(nat.Target == NatTarget.Source ? OvsNatAttribute.Src : OvsNatAttribute.Dst);
            if (nat.Persistent)
                Actions.PutFlag(OvsNatAttribute.Persistent);
            if (nat.Ports == NatPorts.Hash)
                Actions.PutFlag(OvsNatAttribute.ProtoHash);
            else if (nat.Ports == NatPorts.Random)
                Actions.PutFlag(OvsNatAttribute.ProtoRandom);
            PutNatRange(nat);
        }

        Actions.EndNest(nest);
    }

    private void PutNatRange(NatAction nat)
    {
        if (nat.AddressBytes == 4)
        {
            Actions.PutU32BigEndian(OvsNatAttribute.IpMin, (uint)nat.First);
            if (nat.Last > nat.First)
                Actions.PutU32BigEndian(OvsNatAttribute.IpMax, (uint)nat.Last);
        }
        else if (nat.AddressBytes == 16)
        {
            PutAddress(OvsNatAttribute.IpMin, nat.First);
            if (nat.Last > nat.First)
                PutAddress(OvsNatAttribute.IpMax, nat.Last);
        }

        if (nat.AddressBytes == 0 || nat.FirstPort == 0)
            return;
        Actions.PutU16(OvsNatAttribute.ProtoMin, nat.FirstPort);
        if (nat.LastPort > nat.FirstPort)
            Actions.PutU16(OvsNatAttribute.ProtoMax, nat.LastPort);
    }

    private void PutAddress(ushort type, UInt128 address)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        Actions.Put(type, bytes);
    }
}
