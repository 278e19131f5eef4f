namespace UpcallActors.Odp;

/// <summary>Makes the translators of lanes and revalidators, and knows what they share. Thread-safe.</summary>
public interface IUpcallTranslatorFactory
{
    /// <summary>Raised, on any thread, after <see cref="IUpcallTranslator.RevalidationVersion"/> has changed. Handlers must be quick and must not throw.</summary>
    event EventHandler? Changed;

    /// <summary>The recirculation ids in flows; null where translations never recirculate.</summary>
    IRecirculationIds? Recirculations { get; }

    /// <summary>Makes a translator; called again after it has failed. The lanes are numbered as the datapath's handlers, the revalidators behind them.</summary>
    IUpcallTranslator Create(int number);

    /// <summary>Lets go of what has had its time, such as silent stations and rules that nothing used. Called at the beginning of each round of the revalidators, about twice a second.</summary>
    /// <param name="isAccounted">
    /// Whether all that flows had carried when this was called last has been credited since. If not, what seems unused may be in use.
    /// </param>
    void Expire(bool isAccounted);
}
