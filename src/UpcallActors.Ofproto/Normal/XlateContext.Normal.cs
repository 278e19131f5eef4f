using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

internal ref partial struct XlateContext
{
    private const ushort VlanPresent = 0x1000;
    private const ushort VlanIdBits = 0x0fff;
    private const ushort VlanPriorityBits = 0xe000;
    private const ulong Broadcast = 0xffff_ffff_ffff;

    // 01:80:c2:00:00:00 to :0f, which bridges never forward (eth_addr_is_reserved).
    private const ulong ReservedGroup = 0x0180_c200_0000;
    private const ulong ReservedGroupMask = 0xffff_ffff_fff0;
    private const byte ArpRequest = 1;

    private static readonly BridgePort _noPort = new(OpenFlowPorts.None, BridgePort.NoDatapathPort, "");

    /// <summary>Forwards as a learning switch does (<c>xlate_normal</c>).</summary>
    public void TranslateNormal()
    {
        ref FlowKey flow = ref Flow.Key;
        ref FlowKey wildcards = ref Wildcards.Key;
        wildcards.EthSrc = Broadcast;
        wildcards.EthDst = Broadcast;
        wildcards.VlanTci |= VlanPresent | VlanIdBits;
        if (FindInput(Flow.InPort) is not { } input)
            return;
        if (EtherTypes.IsVlan(flow.EthType) && (flow.VlanTci & VlanPresent) == 0)
        {
            _observer?.Noted(TranslationNote.PartialTag, 0);
            return;
        }

        ushort tagged = (flow.VlanTci & VlanPresent) == 0 ? (ushort)0 : (ushort)(flow.VlanTci & VlanIdBits);
        if (!input.Admits(tagged) || ((flow.EthDst & ReservedGroupMask) == ReservedGroup && input != _noPort))
        {
            NoteNotAdmitted(input, tagged);
            return;
        }

        // Whether a tag of VLAN 0 is sent on depends on its priority, see TagsOutside.
        if ((flow.VlanTci & VlanPresent) != 0 && tagged == 0)
            wildcards.VlanTci |= VlanPriorityBits;
        MarkGratuitousArp();
        VlanTags tags = TagsInside(input);
        if (flow.PacketType == 0 && _learns && input != _noPort)
            Learn(flow.EthSrc, tags.Outer.Vlan, input.Number);
        // A MAC entry outlives a change of the configuration; its port may be gone, or in another VLAN.
        bool known = Bridge.MacLearning.TryLookup(flow.EthDst, tags.Outer.Vlan, out uint learned);
        if (!known || !Bridge.TryGetPort(learned, out BridgePort? output) || !output.Carries(tags.Outer.Vlan))
        {
            _observer?.Noted(TranslationNote.Flooding, 0);
            FloodVlan(input, tags);
        }
        else if (output.Number != input.Number)
        {
            _observer?.Noted(TranslationNote.ForwardingToLearnedPort, 0);
            OutputTagged(output, tags);
        }
        else
        {
            _observer?.Noted(TranslationNote.LearnedPortIsInput, 0);
        }
    }

    private readonly void Learn(ulong source, ushort vlan, uint port)
    {
        if (_scratch.Heard is { } later)
            later.Add(new HeardAddress(Bridge.MacLearning, source, vlan, port));
        else
            Bridge.MacLearning.Learn(source, vlan, port);
    }

    /// <summary>
    /// The port that a packet came from. One that a controller has made may come from none, and floods to all
    /// (<c>lookup_input_bundle</c>).
    /// </summary>
    private readonly BridgePort? FindInput(uint number)
    {
        if (Bridge.TryGetPort(number, out BridgePort? input))
            return input;
        if (number is OpenFlowPorts.None or OpenFlowPorts.Controller)
            return _noPort;
        _observer?.Noted(TranslationNote.UnknownInputPort, number);
        _observer?.Noted(TranslationNote.NoInputBundle, 0);
        return null;
    }

    private readonly void NoteNotAdmitted(BridgePort input, ushort vlan)
    {
        if (_observer is null)
            return;
        if (input.Admits(vlan))
        {
            _observer.Noted(TranslationNote.BridgeGroupAddress, 0);
            return;
        }

        if (input.VlanMode == VlanMode.Access)
        {
            string reason = $"{vlan} tagged packet received on port {input.Name} configured as VLAN {input.Vlan} access port";
            _observer.Noted(TranslationNote.TaggedAtAccessPort, reason);
        }
        else if (input.VlanMode == VlanMode.Dot1qTunnel)
        {
            string reason = $"{vlan} packet received on dot1q-tunnel port {input.Name} that excludes this VLAN";
            _observer.Noted(TranslationNote.VlanNotCarried, reason);
        }
        else
        {
            string reason = $"{vlan} packet received on port {input.Name} not configured for trunking VLAN {vlan}";
            _observer.Noted(TranslationNote.VlanNotCarried, reason);
        }

        _observer.Noted(TranslationNote.VlanNotAdmitted, 0);
    }

    /// <summary>
    /// Marks what tells a gratuitous ARP from another (<c>is_gratuitous_arp</c>). Nothing here depends on it while there are
    /// no bonds, but Open vSwitch's megaflows are as narrow, and a bond may come.
    /// </summary>
    private readonly void MarkGratuitousArp()
    {
        ref FlowKey flow = ref Flow.Key;
        ref FlowKey wildcards = ref Wildcards.Key;
        if (flow.EthType != EtherTypes.Arp || flow.EthDst != Broadcast)
            return;
        wildcards.NwProto = byte.MaxValue;
        if (flow.NwProto == ArpRequest)
        {
            wildcards.Ipv4Src = uint.MaxValue;
            wildcards.Ipv4Dst = uint.MaxValue;
        }
    }

    private void FloodVlan(BridgePort input, in VlanTags tags)
    {
        foreach (BridgePort port in Bridge.Ports)
        {
            if (port.Number != input.Number && !Has(port, PortConfig.NoFlood) && Carries(port, tags))
                OutputTagged(port, tags);
        }
    }

    /// <summary>Whether a port takes part in a VLAN with what is within it, which is marked where it counts.</summary>
    private readonly bool Carries(BridgePort port, in VlanTags tags)
    {
        if (!port.Carries(tags.Outer.Vlan))
            return false;
        if (!port.LooksWithin)
            return true;
        Wildcards.Key.CvlanTci |= VlanTag.Present | VlanTag.VlanBits;
        return port.CarriesWithin(tags.Inner.Vlan);
    }
}
