using UpcallActors.Linux;
using UpcallActors.Packets;

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
        if (key.NwFrag != 0)
        {
            Step step = Defragment(packet, ref key, parameters.Zone);
            if (step != Step.Next)
                return step;
        }

        if (Connections.Execute(packet.Frame, packet.Layout.NetworkOffset, in parameters, Clock.Milliseconds,
            ref key) == ConntrackVerdict.Accept)
            return Step.Next;
        Counters.CountDrop(DropReason.Conntrack);
        _refusal = Errno.Invalid;
        return Step.Refused;
    }

    /// <summary>
    /// The next step follows if the packet is whole; it is gone while it waits for more fragments, which is no error (<c>-EINPROGRESS</c>).
    /// </summary>
    private Step Defragment(PacketBuffer packet, ref FlowKey key, ushort zone)
    {
        DefragmentationOutcome outcome = _defragmenter.Add(
            packet.Frame, packet.Layout.NetworkOffset, key.EthType, zone, key.DatapathPort, Clock.Milliseconds, _reassembled,
            out Reassembly whole);
        if (outcome == DefragmentationOutcome.Queued)
            return Step.Gone;
        if (outcome is not (DefragmentationOutcome.Reassembled or DefragmentationOutcome.Unchanged))
        {
            Counters.CountDrop(DropReason.Defragmentation);
            _refusal = ConntrackRefusal.Of(outcome, key.EthType);
            return Step.Refused;
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
        return Step.Next;
    }
}
