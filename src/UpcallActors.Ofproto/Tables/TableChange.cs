namespace UpcallActors.Ofproto;

/// <summary>
/// A change of something else than a rule that a <see cref="TableTransaction"/> has made: a group, a setting. It stands in the journal
/// in its place among the changes of rules. It is called under the writer's lock.
/// </summary>
internal abstract class TableChange
{
    /// <summary>Takes the change back. What was made after it is taken back by then.</summary>
    public abstract void Undo();

    /// <summary>The version that has the change is published next.</summary>
    /// <param name="version">The version.</param>
    /// <param name="touched">Takes the tables of which a lookup, or what is done by it, may be different now.</param>
    public virtual void Publish(ulong version, ref TableSet touched)
    {
    }

    /// <summary>No reader names a version any more that does not have the change, nor will any.</summary>
    public virtual void Settle()
    {
    }
}
