namespace UpcallActors.Ofproto;

/// <summary>
/// The priorities of the rules that let a bridge reach its controllers through itself (<c>IBR_*</c> of in-band.c). All have the same
/// actions, so that which is higher does not matter: they tell what a rule is for.
/// </summary>
internal static class InBandPriority
{
    public const int FromLocalDhcp = 180_000;
    public const int ToLocalArp = 180_001;
    public const int FromLocalArp = 180_002;
    public const int ToNextHopArp = 180_003;
    public const int FromNextHopArp = 180_004;
    public const int ToRemoteArp = 180_005;
    public const int FromRemoteArp = 180_006;
    public const int ToRemoteTcp = 180_007;
    public const int FromRemoteTcp = 180_008;

    /// <summary>Whether it is one of them.</summary>
    public static bool Has(int priority) => priority is >= FromLocalDhcp and <= FromRemoteTcp;
}
