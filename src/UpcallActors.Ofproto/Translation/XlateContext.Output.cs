using UpcallActors.Odp;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

internal ref partial struct XlateContext
{
    private const int EthernetHeader = 14;
    private const int VlanTagLength = 4;

    /// <summary>Outputs to an OpenFlow port, reserved ones included (<c>xlate_output_action</c>).</summary>
    public void Output(uint port, in ControllerRequest controller, bool last)
    {
        switch (port)
        {
            case OpenFlowPorts.InPort:
                OutputTo(Flow.InPort, last);
                break;
            case OpenFlowPorts.Table:
                TranslateTable(Flow.InPort, 0, withConnection: false, honorsMiss: true, last);
                break;
            case OpenFlowPorts.Normal:
                TranslateNormal();
                break;
            case OpenFlowPorts.Flood:
                Flood(PortConfig.NoFlood);
                break;
            case OpenFlowPorts.All:
                Flood(PortConfig.None);
                break;
            case OpenFlowPorts.Controller:
                SendToController(controller, []);
                break;
            case OpenFlowPorts.None:
                break;
            default:
                // A packet goes back where it came from only when IN_PORT says so.
                if (port != Flow.InPort)
                    OutputTo(port, last);
                else
                    _observer?.Noted(TranslationNote.OutputToInputPort, 0);
                break;
        }
    }

    /// <summary>Outputs no more than a number of bytes of the packet (<c>xlate_output_trunc_action</c>).</summary>
    public void OutputCut(uint number, uint maximumLength)
    {
        if (number == OpenFlowPorts.InPort)
            number = Flow.InPort;
        else if (number == Flow.InPort)
        {
            _observer?.Noted(TranslationNote.OutputToInputPort, 0);
            return;
        }

        // The datapath cuts at the output that follows, which may be any in the other bridge.
        if (!Bridge.TryGetPort(number, out BridgePort? port) || port.Patch is not null)
            _observer?.Noted(TranslationNote.CannotCut, number);
        else
            OutputTo(port, last: false, maximumLength);
    }

    /// <summary>To all ports but the one it came from and those that have been told so, in the bridge's order.</summary>
    private void Flood(PortConfig leftOut)
    {
        foreach (BridgePort port in Bridge.Ports)
        {
            if (port.Number != Flow.InPort && !Has(port, leftOut))
                OutputTo(port, last: false);
        }
    }

    /// <summary>Whether a client has said any of this of a port.</summary>
    private readonly bool Has(BridgePort port, PortConfig config) => (_settings.ConfigOf(port.Number) & config) != 0;

    private void OutputTo(uint number, bool last)
    {
        if (Bridge.TryGetPort(number, out BridgePort? port))
            OutputTo(port, last);
        else
            _observer?.Noted(TranslationNote.NoSuchPort, number);
    }

    private void OutputTo(BridgePort port, bool last, uint maximumLength = 0)
    {
        if (Has(port, PortConfig.NoFwd))
        {
            _observer?.Noted(TranslationNote.NotForwarded, 0);
            return;
        }

        if (port.IsProtected && Bridge.TryGetPort(Flow.InPort, out BridgePort? input) && input.IsProtected)
        {
            _observer?.Noted(TranslationNote.BetweenProtectedPorts, 0);
            return;
        }

        if (port.Patch is PatchPort patch)
        {
            OutputToPeer(port, patch, last);
            return;
        }

        if (port.Tunnel is TunnelPort tunnel)
        {
            bool sent = CommitTunnel(tunnel);
            _observer?.Noted(sent ? TranslationNote.Tunnelled : TranslationNote.OwnTunnelAddress, 0);
            if (!sent)
                return;
        }

        Commit();
        // Whether the packet was tracked before it came to us decides what follows, if the port is too narrow.
        if (_input.Mtu > port.Mtu)
            Wildcards.Key.CtState |= CtState.Tracked;
        // Right before its output: a cut without one would meet the output after it.
        if (maximumLength != 0 && !_support.Features.Trunc)
        {
            Fail(XlateError.NotSupported);
            return;
        }

        if (maximumLength != 0)
            Actions.PutU32(OvsActionAttribute.Trunc, maximumLength);
        else if (_mayBeReassembled && PutRefragmented(port))
            return;
        Actions.PutU32(OvsActionAttribute.Output, port.DatapathPort);
    }

    /// <summary>
    /// Outputs a packet that conntrack may have put together from fragments larger than the port takes. With a plain output the kernel
    /// drops such a packet without a counter (<c>do_output</c>). So each packet that is too long comes up, and goes back with an MRU that
    /// fits. False when an output will do.
    /// </summary>
    private bool PutRefragmented(BridgePort port)
    {
        var cookie = new UserspaceCookie(UserspaceReason.Refragment, 0, port.DatapathPort);
        if (_input.Mtu > port.Mtu && _support.Features.CheckPktLen)
        {
            _observer?.Noted(TranslationNote.LongerComesUp, (uint)port.Mtu);
            int choice = Actions.BeginNest(OvsActionAttribute.CheckPktLen);
            // Compared with the MRU and the Ethernet header, or with the frame's length, in which the outer tag does not count.
            Actions.PutU16(OvsCheckPktLenAttribute.PktLen,
                (ushort)Math.Min(ushort.MaxValue, port.Mtu + EthernetHeader + (Flow.Key.CvlanTci != 0 ? VlanTagLength : 0)));
            int greater = Actions.BeginNest(OvsCheckPktLenAttribute.ActionsIfGreater);
            PutUserspace(cookie, BridgeMeters.Slowpath);
            Actions.EndNest(greater);
            int lessOrEqual = Actions.BeginNest(OvsCheckPktLenAttribute.ActionsIfLessEqual);
            Actions.PutU32(OvsActionAttribute.Output, port.DatapathPort);
            Actions.EndNest(lessOrEqual);
            Actions.EndNest(choice);
            return true;
        }

        if (_mru <= port.Mtu)
            return false;
        // The MRU is not in the key: the flow would be the same for packets that fit.
        IsForThisPacketOnly = true;
        _observer?.Noted(TranslationNote.LongerComesUp, (uint)port.Mtu);
        PutUserspace(cookie, BridgeMeters.Slowpath);
        return true;
    }

    /// <summary>
    /// Has the datapath send the packet up; through a meter, if the bridge has it. A sample of all packets is what drops none but those
    /// that are over the meter (<c>compose_sample_action</c>).
    /// </summary>
    private void PutUserspace(in UserspaceCookie cookie, uint number)
    {
        if (Bridge.Tables.Meters.Find(number) is not { } meter)
        {
            PutUserspaceAction(cookie);
            return;
        }

        int sample = Actions.BeginNest(OvsActionAttribute.Sample);
        Actions.PutU32(OvsSampleAttribute.Probability, uint.MaxValue);
        int actions = Actions.BeginNest(OvsSampleAttribute.Actions);
        OvsActionWriter.Meter(ref Actions, meter.DatapathId);
        PutUserspaceAction(cookie);
        Actions.EndNest(actions);
        Actions.EndNest(sample);
    }

    private void PutUserspaceAction(in UserspaceCookie cookie)
    {
        int nest = Actions.BeginNest(OvsActionAttribute.Userspace);
        Actions.PutU32(OvsUserspaceAttribute.Pid, _support.UserspacePid(_input.DatapathPort));
        Span<byte> bytes = Actions.PutReserved(OvsUserspaceAttribute.UserData, cookie.Length);
        if (!bytes.IsEmpty)
            cookie.Write(bytes);
        Actions.EndNest(nest);
    }
}
