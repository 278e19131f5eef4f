using UpcallActors.Odp;

namespace UpcallActors.Ofproto;

/// <summary>
/// What a packet of a controller does to its bridge when it is sent (<c>struct xlate_cache</c>): it credits rules, and NORMAL learns of it.
/// </summary>
/// <param name="Credits">The rules on its way.</param>
/// <param name="Heard">The addresses that it came from.</param>
internal readonly record struct PacketEffects(RuleCredits Credits, HeardAddress[] Heard)
{
    /// <summary>Credits the rules.</summary>
    public void Credit(int length) => Credits.Credit(new FlowCredit(1, (ulong)length));

    /// <summary>Learns the addresses.</summary>
    public void Learn()
    {
        foreach (HeardAddress heard in Heard)
            heard.Table.Learn(heard.Source, heard.Vlan, heard.Port);
    }
}

/// <summary>An address that NORMAL has heard, and where.</summary>
internal readonly record struct HeardAddress(MacLearningTable Table, ulong Source, ushort Vlan, uint Port);
