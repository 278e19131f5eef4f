namespace UpcallActors.Odp;

/// <summary>
/// Turns an upcall into datapath actions and a megaflow mask. One instance serves one lane, on one thread; instances of
/// one factory share their tables.
/// </summary>
public interface IUpcallTranslator
{
    /// <summary>The version of the tables now; a flow computed under an older one must not be installed.</summary>
    ulong Version { get; }

    /// <summary>
    /// Translates one upcall. Writes datapath action attributes to the start of <paramref name="actions"/> and the
    /// megaflow's mask to <paramref name="mask"/> (cleared by the caller). Allocates nothing in steady state. An exception
    /// costs this upcall alone.
    /// </summary>
    Translation Translate(in UpcallView upcall, Span<byte> actions, ref FlowKey mask);
}
