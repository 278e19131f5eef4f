namespace UpcallActors.OpenFlow;

/// <summary>How IP fragments are looked up in tables (<c>OFPC_FRAG_*</c>).</summary>
internal enum FragmentHandling : byte
{
    /// <summary>As packets whose transport ports are 0, the first fragment too, though it shows them.</summary>
    Normal = 0,

    /// <summary>Not at all: they are dropped.</summary>
    Drop = 1,

    /// <summary>As packets put together from them. Open vSwitch does not do this, and so do we not.</summary>
    Reassemble = 2,

    /// <summary>As they are: the first one with its ports, later ones with ports 0 (<c>OFPC_FRAG_NX_MATCH</c>).</summary>
    NxMatch = 3,
}
