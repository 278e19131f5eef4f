namespace UpcallActors.OpenFlow;

/// <summary>Ports on the wire: 16 bits in 1.0, 32 bits since, with the reserved numbers at the end of each.</summary>
internal static class WirePorts
{
    /// <summary>A port in 32 bits (<c>ofputil_port_to_ofp11</c>).</summary>
    public static uint Widen(uint port) => port < OpenFlowPorts.Maximum ? port : port + OpenFlowPorts.WideOffset;

    /// <summary>
    /// Makes a number off the wire one of 16 bits (<c>ofputil_port_from_ofp11</c>); false if there is no such port.
    /// </summary>
    public static bool TryNarrow(OpenFlowVersion version, ref uint port)
    {
        if (version == OpenFlowVersion.V10 || port < OpenFlowPorts.Maximum)
            return true;
        if (port < OpenFlowPorts.WideOffset + OpenFlowPorts.Maximum)
            return false;
        port -= OpenFlowPorts.WideOffset;
        return true;
    }
}
