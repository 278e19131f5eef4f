namespace UpcallActors.Embedded;

/// <summary>How a fragment relates to those that are there.</summary>
internal enum FragmentPlace
{
    /// <summary>Continues the run at the end.</summary>
    Append,

    /// <summary>Touches none, or only borders.</summary>
    NewRun,

    /// <summary>Lies within one run: ignored.</summary>
    Duplicate,

    /// <summary>Anything else.</summary>
    Overlap,
}
