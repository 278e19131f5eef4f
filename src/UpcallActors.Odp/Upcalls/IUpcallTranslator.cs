using UpcallActors.Packets;

namespace UpcallActors.Odp;

/// <summary>
/// Turns an upcall into datapath actions and a megaflow mask, and does so again for flows in the datapath. One instance serves one
/// lane or one revalidator, on one thread; instances of one factory share their tables.
/// </summary>
public interface IUpcallTranslator
{
    /// <summary>
    /// Translates one upcall. Writes datapath action attributes to the start of <paramref name="actions"/> and the
    /// megaflow's mask to <paramref name="mask"/> (cleared by the caller). Allocates nothing in steady state. An exception
    /// costs this upcall alone.
    /// </summary>
    /// <remarks>
    /// Misses that are received together and have the same key and MRU share one translation: it is made for the first of them, whose
    /// <see cref="UpcallView.Credit"/> has the packets of all. So the translator does not see each packet of a burst, and a decision that
    /// depends on the packet's content must not depend on that of one packet alone.
    /// </remarks>
    Translation Translate(in UpcallView upcall, Span<byte> actions, ref FlowKey mask);

    /// <summary>
    /// Translates a flow that is in the datapath, as <see cref="Translate"/> does a <see cref="PacketCommand.Miss"/> of its key, with no
    /// packet at hand. What the flow has carried is credited and learned from; without packets nothing is. An exception costs the flow.
    /// </summary>
    /// <param name="key">The flow's key; bits that the flow's mask leaves out may be 0.</param>
    /// <param name="credit">What the flow has carried since the last credit.</param>
    /// <param name="actions">As for <see cref="Translate"/>.</param>
    /// <param name="mask">As for <see cref="Translate"/>.</param>
    Translation Retranslate(in FlowKey key, FlowCredit credit, Span<byte> actions, ref FlowKey mask);
}
