using System.Globalization;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto;

/// <summary>NAT as a trace takes it to be done: to the first address and port of its range.</summary>
internal static class NatSimulation
{
    public static TraceNat Apply(NatAction nat, ref FlowKey key)
    {
        string before = Format(nat, key);
        bool source = nat.Target == NatTarget.Source;
        if (nat.Target != NatTarget.Existing)
        {
            if (nat.AddressBytes == 4 && source)
                key.Ipv4Src = (uint)nat.First;
            else if (nat.AddressBytes == 4)
                key.Ipv4Dst = (uint)nat.First;
            else if (nat.AddressBytes == 16 && source)
                key.Ipv6Src = nat.First;
            else if (nat.AddressBytes == 16)
                key.Ipv6Dst = nat.First;
            if (nat.FirstPort != 0 && source)
                key.TpSrc = nat.FirstPort;
            else if (nat.FirstPort != 0)
                key.TpDst = nat.FirstPort;
        }

        return new TraceNat(before, Format(nat, key));
    }

    private static string Format(NatAction nat, in FlowKey key) => nat.AddressBytes switch
    {
        4 => string.Create(CultureInfo.InvariantCulture, $"nw_src={AddressText.FormatIpv4(key.Ipv4Src)},tp_src={key.TpSrc},nw_dst="
            + $"{AddressText.FormatIpv4(key.Ipv4Dst)},tp_dst={key.TpDst}"),
        16 => string.Create(CultureInfo.InvariantCulture, $"ipv6_src=[{AddressText.FormatIpv6(key.Ipv6Src)}],tp_src={key.TpSrc},ipv6_dst=["
            + $"{AddressText.FormatIpv6(key.Ipv6Dst)}],tp_dst={key.TpDst}"),
        _ => "",
    };
}
