using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>
/// Observes a translation while it runs, on its thread (<see cref="OpenFlowTranslatorFactory.Observe(ITranslationObserver)"/>). A
/// translation without an observer pays a test of a field for null, at each table and action.
/// </summary>
internal interface ITranslationObserver
{
    /// <summary>The port names for printing actions; null for numbers.</summary>
    FlowNames? Names => null;

    /// <summary>
    /// The packet is in a bridge: the first call of every translation that finds one, and again when it goes on in another.
    /// </summary>
    void BridgeEntered(Bridge bridge);

    /// <summary>The packet has gone through a bridge behind a patch port, and is in the one before as it was.</summary>
    void BridgeLeft()
    {
    }

    /// <summary>The packet comes from a recirculation, and continues in a table; the lookup follows.</summary>
    /// <param name="bridge">The bridge that it continues in, which need not be the one that it came in on.</param>
    /// <param name="table">The table.</param>
    void Resumed(Bridge bridge, byte table);

    /// <summary>
    /// A table was looked up. What follows is done by the rule, up to <see cref="TableLeft"/>, and may enter other tables.
    /// </summary>
    /// <param name="table">The table, 0 to 254.</param>
    /// <param name="rule">What was found; null if nothing was, and the packet is dropped.</param>
    void TableEntered(byte table, Rule? rule);

    /// <summary>The rule of the table that was entered last has done what it does.</summary>
    void TableLeft();

    /// <summary>A bucket of a group is about to be done. What follows is done by it, up to <see cref="BucketLeft"/>.</summary>
    /// <param name="bucket">Its number.</param>
    void BucketEntered(uint bucket)
    {
    }

    /// <summary>The bucket that was entered last is done.</summary>
    void BucketLeft()
    {
    }

    /// <summary>An action is about to be done; in ofctl's syntax.</summary>
    void ActionTaken(string action);

    /// <summary>Something that the actions do not say by themselves.</summary>
    /// <param name="note">What.</param>
    /// <param name="argument">As <paramref name="note"/> says.</param>
    void Noted(TranslationNote note, uint argument);

    /// <summary>The same of something that has a name.</summary>
    /// <param name="note">What.</param>
    /// <param name="subject">As <paramref name="note"/> says.</param>
    void Noted(TranslationNote note, string subject)
    {
    }

    /// <summary>A copy of the packet goes to the connection tracker and comes back with a recirculation id.</summary>
    void Recirculated(in ForkedPacket packet);
}
