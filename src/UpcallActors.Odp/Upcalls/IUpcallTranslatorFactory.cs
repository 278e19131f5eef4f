using UpcallActors.Linux;
using UpcallActors.Odp.Text;
using UpcallActors.Packets;

namespace UpcallActors.Odp;

/// <summary>Makes the translators of lanes and revalidators, and knows what they share. Thread-safe.</summary>
public interface IUpcallTranslatorFactory
{
    /// <summary>
    /// Raised, on any thread, after <see cref="RevalidationVersion"/> has changed. Handlers must be quick and must not throw.
    /// </summary>
    event EventHandler? Changed;

    /// <summary>
    /// The version of the tables now, which a translation carries (<see cref="Translation.Version"/>).
    /// </summary>
    ulong Version { get; }

    /// <summary>
    /// Whether a flow may be installed that was computed some time ago; a flow of tables that have changed must not. Lanes ask for each
    /// upcall.
    /// </summary>
    bool IsCurrent(in Translation translation) => translation.Version == Version;

    /// <summary>
    /// Changes when a flow might be translated differently: with <see cref="Version"/>, and with effects of translations themselves, such
    /// as a MAC address seen on another port. Installing a flow computed before such a change does no harm that its revalidation would not
    /// mend, so that many of them keep nothing from being installed.
    /// </summary>
    ulong RevalidationVersion { get; }

    /// <summary>
    /// Whether a flow might be translated differently by now than it was under an earlier <see cref="RevalidationVersion"/>, of which its
    /// revalidator asks for each flow once in a round. A factory that cannot tell flows apart says so of all.
    /// </summary>
    /// <param name="version">The version.</param>
    /// <param name="visitedTables">The tables that decided then (<see cref="Translation.VisitedTables"/>).</param>
    bool MayDiffer(ulong version, ulong visitedTables) => version != RevalidationVersion;

    /// <summary>The recirculation ids in flows; null where translations never recirculate.</summary>
    IRecirculationIds? Recirculations { get; }

    /// <summary>What the ports are called now, for spans and metrics; null where they have numbers alone.</summary>
    IUpcallPortNames? PortNames => null;

    /// <summary>
    /// Makes a translator; called again after it has failed. The lanes are
    /// numbered as the datapath's handlers, the revalidators behind them.
    /// </summary>
    IUpcallTranslator Create(int number);

    /// <summary>Makes one that says how upcalls were decided, for their spans; null where nothing can be said.</summary>
    ITranslationExplainer? CreateExplainer() => null;

    /// <summary>A packet's fields, for the log: in the policy's own words if it has some, else in the datapath's.</summary>
    string TextOf(in FlowKey packet)
    {
        const int MostAttributes = 2 * FlowKey.WordCount * sizeof(ulong);
        var key = new NetlinkWriter(new byte[MostAttributes]);
        OvsFlowKeyWriter.WriteKey(packet, ref key);
        return FlowText.Format(key.Written, [], names: null, verbose: true);
    }

    /// <summary>
    /// Removes expired state, such as silent MAC entries and idle rules. Called at the beginning of each round of the revalidators, about
    /// twice a second.
    /// </summary>
    /// <param name="isAccounted">
    /// Whether all that flows had carried when this was called last has been credited since. If not, what seems unused may be in use.
    /// </param>
    void Expire(bool isAccounted);
}
