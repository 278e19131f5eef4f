using System.Diagnostics;

namespace UpcallActors.Pipeline;

/// <summary>Draws with a given chance: a few instructions, and no pattern that traffic could be in step with. Single owner.</summary>
internal struct SampleChance
{
    private ulong _state;

    /// <summary>Begins a sequence for an owner; it differs in each process.</summary>
    public SampleChance(int owner)
    {
        // Spread over all bits by the golden ratio; xorshift (Marsaglia, 2003) would stay at 0 for ever.
        _state = ((ulong)(uint)HashCode.Combine(owner, Stopwatch.GetTimestamp()) * 0x9E37_79B9_7F4A_7C15) | 1;
    }

    /// <summary>Whether it is drawn: never for a share of 0, always for 1.</summary>
    public bool Draw(double share)
    {
        _state ^= _state << 13;
        _state ^= _state >> 7;
        _state ^= _state << 17;
        // The upper 53 bits make a double below 1.
        return (_state >> 11) * (1.0 / (1UL << 53)) < share;
    }
}
