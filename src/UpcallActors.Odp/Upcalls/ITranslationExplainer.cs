using System.Diagnostics.CodeAnalysis;

namespace UpcallActors.Odp;

/// <summary>
/// Says how upcalls were decided, by deciding about them once more. What it does counts and teaches nothing, so that it can be done to any
/// upcall at any time. Single owner.
/// </summary>
public interface ITranslationExplainer
{
    /// <summary>Explains how an upcall was decided; false when that cannot be said any more, since the tables have changed.</summary>
    /// <param name="upcall">The upcall.</param>
    /// <param name="version">The version of the tables by which it was decided (<see cref="Translation.Version"/>).</param>
    /// <param name="explanation">The explanation; null when this returns false.</param>
    bool TryExplain(in UpcallView upcall, ulong version, [NotNullWhen(true)] out TranslationExplanation? explanation);
}

/// <summary>How an upcall was decided.</summary>
/// <param name="Tables">The tables that it went through, in order.</param>
/// <param name="Rules">What was found in each of them, in words.</param>
public sealed record TranslationExplanation(IReadOnlyList<int> Tables, IReadOnlyList<string> Rules);
