using UpcallActors.Packets;

namespace UpcallActors.Pipeline;

/// <summary>Says which upcalls a monitor takes. Called by lanes, by several at a time: it must not block, throw or allocate.</summary>
internal interface IUpcallFilter
{
    /// <summary>Whether an upcall is taken.</summary>
    /// <param name="upcallClass">What it asks.</param>
    /// <param name="key">Its key; all 0 for <see cref="UpcallClass.Bad"/>.</param>
    bool Passes(UpcallClass upcallClass, in FlowKey key);
}
