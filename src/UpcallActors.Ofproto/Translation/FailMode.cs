namespace UpcallActors.Ofproto;

/// <summary>What a bridge does with a packet that no flow in table 0 matches.</summary>
public enum FailMode
{
    /// <summary>Drops it.</summary>
    Secure,

    /// <summary>Forwards it as a learning switch would: Open vSwitch keeps a flow of priority 0 with NORMAL for that.</summary>
    Standalone,
}
