using UpcallActors.Odp;

namespace UpcallActors.Embedded;

/// <content>The CT action: <c>ovs_ct_execute</c>.</content>
internal sealed partial class PacketProcessor
{
    private readonly byte[] _reassembled = new byte[PacketBuffer.MaximumLength];

    private Step Track(PacketBuffer packet, ref FlowKey key, ReadOnlySpan<byte> attributes)
    {
        if (ConntrackParameters.TryParse(attributes, key.EthType, out ConntrackParameters parameters) != ConntrackParseError.None)
            return Step.Error;
        packet.Trim(ConnectionTracker.TrimmedLength(packet.Frame, packet.Layout.NetworkOffset, key.EthType));
        if (key.NwFrag != 0 && !TryDefragment(packet, ref key, parameters.Zone))
            return Step.Gone;
        if (Connections.Execute(packet.Frame, packet.Layout.NetworkOffset, in parameters, Clock.Milliseconds, ref key) == ConntrackVerdict.Accept)
            return Step.Next;
        Counters.CountDrop(DropReason.Conntrack);
        return Step.Gone;
    }

    /// <summary>False when the packet waits for more fragments, or is no good; the latter is counted.</summary>
    private bool TryDefragment(PacketBuffer packet, ref FlowKey key, ushort zone)
    {
        DefragmentationOutcome outcome = _defragmenter.Add(
            packet.Frame, packet.Layout.NetworkOffset, key.EthType, zone, key.InPort, Clock.Milliseconds, _reassembled, out Reassembly whole);
        if (outcome == DefragmentationOutcome.Queued)
            return false;
        if (outcome is not (DefragmentationOutcome.Reassembled or DefragmentationOutcome.Unchanged))
        {
            Counters.CountDrop(DropReason.Defragmentation);
            return false;
        }

        if (outcome == DefragmentationOutcome.Reassembled)
        {
            packet.SetBytes(_reassembled.AsSpan(0, whole.Length));
            packet.Layout = new PacketLayout(whole.NetworkOffset, whole.NetworkOffset, 0);
            packet.Mru = whole.Mru;
        }

        // The fragment's hash and L4 fields were not the datagram's (handle_fragments, ovs_ct_handle_fragments).
        packet.Hash = 0;
        PacketLayout layout = packet.Layout;
        KeyExtraction.ExtractL3(packet.Frame, ref key, ref layout);
        packet.Layout = layout;
        key.NwFrag = 0;
        return true;
    }
}
