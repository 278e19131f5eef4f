namespace UpcallActors.Odp;

/// <summary>
/// The recirculation ids that translations put into flows, as the revalidators see them. Thread-safe.
/// </summary>
public interface IRecirculationIds
{
    /// <summary>
    /// Notes that a flow with this id, in its key or its actions, is in the datapath: the id is good
    /// until as many <see cref="Release"/>s. False, and nothing to release, for an id that is not known.
    /// </summary>
    bool TryHold(uint id);

    /// <summary>Takes back one <see cref="TryHold"/>.</summary>
    void Release(uint id);

    /// <summary>Notes that flows which were in the datapath before us have this id: it will not be given out for something else.</summary>
    void Reserve(uint id);

    /// <summary>
    /// Lets <paramref name="installed"/>, an id in a flow that was put before us, stand for what <paramref name="own"/>
    /// stands for, because it is in the place of <paramref name="own"/> in a flow that is otherwise what we would put.
    /// Translations to come yield <paramref name="installed"/> unless <paramref name="own"/> is itself in use. False
    /// when it stands for something else already, or when <paramref name="own"/> is not known.
    /// </summary>
    bool TryAdopt(uint installed, uint own);
}
