namespace UpcallActors.OpenFlow;

/// <summary>A version of OpenFlow, by its number in a message's header.</summary>
internal enum OpenFlowVersion : byte
{
    /// <summary>OpenFlow 1.0.</summary>
    V10 = 1,

    /// <summary>OpenFlow 1.1.</summary>
    V11 = 2,

    /// <summary>OpenFlow 1.2.</summary>
    V12 = 3,

    /// <summary>OpenFlow 1.3.</summary>
    V13 = 4,

    /// <summary>OpenFlow 1.4.</summary>
    V14 = 5,

    /// <summary>OpenFlow 1.5.</summary>
    V15 = 6,
}
