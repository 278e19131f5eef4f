namespace UpcallActors.Ofproto;

/// <summary>What became of a rule.</summary>
internal enum RuleChangeKind
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>It is the one before with other actions.</summary>
    Modified,

    /// <summary>It was added in the place of one with its match and priority.</summary>
    Replaced,

    /// <summary>It was deleted.</summary>
    Deleted,

    /// <summary>A group that it names was deleted.</summary>
    GroupDeleted,

    /// <summary>A meter that it names was deleted.</summary>
    MeterDeleted,

    /// <summary>No packet came for as long as its idle timeout is.</summary>
    IdleTimedOut,

    /// <summary>Its hard timeout is over.</summary>
    HardTimedOut,

    /// <summary>It made room for another.</summary>
    Evicted,
}
