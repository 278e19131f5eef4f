namespace UpcallActors.Embedded;

/// <summary>What an answer about a flow with UFID may leave out (<c>OVS_UFID_F_OMIT_*</c>).</summary>
[Flags]
internal enum FlowOmissions : uint
{
    None = 0,
    Key = 1,
    Mask = 2,
    Actions = 4,
}
