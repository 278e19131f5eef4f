using System.Buffers.Binary;
using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Embedded;

/// <content>The actions themselves: <c>do_execute_actions</c>.</content>
internal sealed partial class PacketProcessor
{
    /// <summary>Nesting up to which a clone of the key is at hand (<c>OVS_DEFERRED_ACTION_THRESHOLD</c>).</summary>
    private const int DeferredThreshold = RecursionLimit - 2;

    /// <summary>What an action did with the packet.</summary>
    private enum Step
    {
        /// <summary>The next action follows.</summary>
        Next,

        /// <summary>The packet went somewhere; were this the last action, that is the packet's end.</summary>
        Delivered,

        /// <summary>The packet is gone and the rest of the list with it; counted already.</summary>
        Gone,

        /// <summary>The same; the sender of an EXECUTE gets an error, by <see cref="_refusal"/>.</summary>
        Refused,

        /// <summary>The action could not be carried out.</summary>
        Error,
    }

    /// <summary>Carries out a list on a packet that stays the caller's buffer. Returns <see cref="Errno.None"/> or why not.</summary>
    private Errno DoExecute(PacketBuffer packet, ref FlowKey key, ActionSlice actions)
    {
        bool delivered = false;
        bool keyIsStale = false;
        foreach (NetlinkAttribute action in new NetlinkAttributes(actions.Span))
        {
            if (keyIsStale && action.Type is OvsActionAttribute.Recirc or OvsActionAttribute.Ct)
            {
                TryExtract(packet, ref key);
                keyIsStale = false;
            }

            Step step = action.Type switch
            {
                OvsActionAttribute.PushVlan => PushVlan(packet, ref key, action.Payload, ref keyIsStale),
                OvsActionAttribute.PopVlan => PopVlan(packet, ref key, ref keyIsStale),
                _ => ExecuteOne(packet, ref key, action, actions),
            };
            if (step is Step.Gone or Step.Refused)
                return step == Step.Gone ? Errno.None : _refusal;
            if (step == Step.Error)
            {
                Counters.CountDrop(DropReason.ActionError);
                return Errno.Invalid;
            }

            delivered = step == Step.Delivered;
        }

        if (!delivered)
            Counters.CountDrop(DropReason.LastAction);
        return Errno.None;
    }

    private Step ExecuteOne(PacketBuffer packet, ref FlowKey key, NetlinkAttribute action, ActionSlice actions)
    {
        bool last = actions.IsLast(action);
        switch (action.Type)
        {
            case OvsActionAttribute.Output:
                OutputTo(packet, key, action.U32, last);
                return Step.Delivered;
            case OvsActionAttribute.Trunc:
                packet.CutLength = action.U32;
                return Step.Next;
            case OvsActionAttribute.Userspace:
                _upcalls.Action(packet, key, action.Payload, actions.Span, Ports);
                packet.CutLength = PacketBuffer.NoCut;
                return Step.Delivered;
            case OvsActionAttribute.Hash:
                key.DpHash = PacketHash.Datapath(packet, key, BinaryPrimitives.ReadUInt32LittleEndian(action.Payload[4..]));
                return Step.Next;
            case OvsActionAttribute.Set:
                return Set(packet, ref key, action.Payload, masked: false);
            case OvsActionAttribute.SetMasked:
                return Set(packet, ref key, action.Payload, masked: true);
            case OvsActionAttribute.Recirc:
                Recirculate(packet, key, action.U32, last);
                return Step.Delivered;
            case OvsActionAttribute.Sample:
                return Sample(packet, ref key, actions.Nested(action), last);
            case OvsActionAttribute.Clone:
                ExecuteNested(packet, ref key, actions.Nested(action), last);
                return Step.Delivered;
            case OvsActionAttribute.CheckPktLen:
                return CheckPacketLength(packet, ref key, actions.Nested(action), last);
            case OvsActionAttribute.Ct:
                return Track(packet, ref key, action.Payload);
            case OvsActionAttribute.CtClear:
                ConnectionTracker.Clear(ref key);
                return Step.Next;
            case OvsActionAttribute.Meter:
                return Meter(packet, action.U32);
            case OvsActionAttribute.Drop:
                return Drop(action.U32);
            default:
                return Step.Error;
        }
    }

    private Step Drop(uint error)
    {
        Counters.CountDrop(error == 0 ? DropReason.Explicit : DropReason.ExplicitWithError);
        return Step.Gone;
    }

    private Step Meter(PacketBuffer packet, uint id)
    {
        if (!Meters.Exceeds(id, packet.Length, Clock.Milliseconds))
            return Step.Next;
        Counters.CountDrop(DropReason.Meter);
        return Step.Gone;
    }

    private static Step Set(PacketBuffer packet, ref FlowKey key, ReadOnlySpan<byte> payload, bool masked)
    {
        NetlinkAttributes.Enumerator keys = new NetlinkAttributes(payload).GetEnumerator();
        if (!keys.MoveNext())
            return Step.Error;
        NetlinkAttribute field = keys.Current;
        if (field.Type == OvsKeyAttribute.Tunnel)
            return SetTunnel(packet, field.Payload);
        int length = SetFields.LengthOf(field.Type);
        if (length == 0)
            return Step.Error;
        Span<byte> exact = stackalloc byte[length];
        exact.Fill(byte.MaxValue);
        ReadOnlySpan<byte> mask = masked ? field.Payload[length..] : exact;
        return SetFields.Apply(field.Type, field.Payload[..length], mask, packet, ref key) == 0 ? Step.Next : Step.Error;
    }

    /// <summary>The packet's way out, not its key: what it came in by is matched on as before.</summary>
    private static Step SetTunnel(PacketBuffer packet, ReadOnlySpan<byte> attributes)
    {
        var tunnel = default(FlowKey);
        if (OvsTunnelKeyReader.Read(attributes, ref tunnel) != OdpParseError.None)
            return Step.Error;
        packet.SetTunnel(tunnel);
        return Step.Next;
    }

    private static Step PushVlan(PacketBuffer packet, ref FlowKey key, ReadOnlySpan<byte> payload, ref bool keyIsStale)
    {
        ushort tpid = BinaryPrimitives.ReadUInt16BigEndian(payload);
        ushort tci = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
        if (packet.VlanTpid != 0)
        {
            keyIsStale = true;
        }
        else
        {
            key.VlanTpid = tpid;
            key.VlanTci = tci;
        }

        const ushort TagPresent = 0x1000;
        return packet.PushTag(tpid, (ushort)(tci & ~TagPresent)) ? Step.Next : Step.Error;
    }

    private static Step PopVlan(PacketBuffer packet, ref FlowKey key, ref bool keyIsStale)
    {
        packet.PopTag();
        if (packet.VlanTpid != 0)
        {
            keyIsStale = true;
        }
        else
        {
            key.VlanTpid = 0;
            key.VlanTci = 0;
        }

        return Step.Next;
    }

    private Step Sample(PacketBuffer packet, ref FlowKey key, ActionSlice sample, bool last)
    {
        var attributes = new NetlinkAttributes(sample.Span);
        if (!attributes.TryFindLast(OvsSampleAttribute.Probability, out NetlinkAttribute probability)
            || !attributes.TryFindLast(OvsSampleAttribute.Actions, out NetlinkAttribute actions))
            return Step.Error;
        uint limit = probability.U32;
        if (limit != uint.MaxValue && (limit == 0 || (uint)_random.NextInt64(1L << 32) > limit))
            return Step.Next;
        ExecuteNested(packet, ref key, sample.Nested(actions), last);
        return Step.Delivered;
    }

    private Step CheckPacketLength(PacketBuffer packet, ref FlowKey key, ActionSlice check, bool last)
    {
        var attributes = new NetlinkAttributes(check.Span);
        if (!attributes.TryFindLast(OvsCheckPktLenAttribute.PktLen, out NetlinkAttribute limit))
            return Step.Error;

        // A packet to be refragmented counts as its largest fragment.
        int length = packet.Mru != 0 ? packet.Mru + packet.Layout.NetworkOffset : packet.Length;
        ushort branch = length <= limit.U16 ? OvsCheckPktLenAttribute.ActionsIfLessEqual : OvsCheckPktLenAttribute.ActionsIfGreater;
        if (!attributes.TryFindLast(branch, out NetlinkAttribute actions))
            return Step.Error;
        ExecuteNested(packet, ref key, check.Nested(actions), last);
        return Step.Delivered;
    }

    /// <summary>
    /// Carries out a nested list on a copy of the packet, and on a copy of the key unless it is not read afterwards (<c>clone_execute</c>).
    /// </summary>
    private void ExecuteNested(PacketBuffer packet, ref FlowKey key, ActionSlice actions, bool last)
    {
        if (!last && _level > DeferredThreshold)
        {
            Defer(packet, key, actions);
            return;
        }

        PacketBuffer own = last ? packet : _pool.Copy(packet);
        FlowKey ownKey = key;
        if (!last)
            _level++;
        _ = DoExecute(own, ref ownKey, actions);
        if (!last)
        {
            _level--;
            _pool.Release(own);
        }
    }

    private void Recirculate(PacketBuffer packet, in FlowKey key, uint recircId, bool last)
    {
        FlowKey ownKey = key;
        ownKey.RecircId = recircId;
        if (_level > DeferredThreshold)
        {
            Defer(packet, ownKey, default);
            return;
        }

        PacketBuffer own = last ? packet : _pool.Copy(packet);
        Process(own, ref ownKey);
        if (!last)
            _pool.Release(own);
    }

    private void Defer(PacketBuffer packet, in FlowKey key, ActionSlice actions)
    {
        PacketBuffer own = _pool.Copy(packet);
        if (_deferred.TryAdd(own, key, actions))
            return;
        _pool.Release(own);
        Counters.CountDrop(DropReason.DeferredLimit);
    }
}
