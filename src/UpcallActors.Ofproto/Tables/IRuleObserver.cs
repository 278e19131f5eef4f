namespace UpcallActors.Ofproto;

/// <summary>Is told what becomes of the rules of a bridge (<see cref="FlowTables.Observer"/>).</summary>
internal interface IRuleObserver
{
    /// <summary>
    /// Changes were published. Called in the order of the versions, while the tables take no other change: it must hand on what it needs,
    /// and be quick. What the rules have counted may grow after this, by packets that were on their way.
    /// </summary>
    /// <param name="version">The version that has the changes.</param>
    /// <param name="changes">The changes in the order in which they were made, at least one; valid during the call.</param>
    /// <param name="origin">Who made them.</param>
    void RulesChanged(ulong version, ReadOnlySpan<RuleChange> changes, ChangeOrigin origin);

    /// <summary>The vacancy of a table has crossed a threshold, by changes that were told before. Called as that is.</summary>
    void VacancyChanged(byte table, VacancyEvent crossed)
    {
    }
}
