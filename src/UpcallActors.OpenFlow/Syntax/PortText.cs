namespace UpcallActors.OpenFlow;

/// <summary>Port numbers and names in flow text.</summary>
internal static class PortText
{
    /// <summary>
    /// Reads a number below 0xff00, a reserved number in its 16-bit or 32-bit form, a reserved name in any case, or a name of
    /// <paramref name="names"/>, in double quotes or not.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, FlowNames names, out uint port)
    {
        if (NumberText.TryParse(text, out UInt128 number))
        {
            port = number <= uint.MaxValue ? (uint)number : OpenFlowPorts.Maximum;
            if (port >= OpenFlowPorts.WideOffset + OpenFlowPorts.Maximum)
                port -= OpenFlowPorts.WideOffset;
            return port is < OpenFlowPorts.Maximum or (>= OpenFlowPorts.InPort and <= OpenFlowPorts.None);
        }
        if (OpenFlowPorts.TryGetReserved(text, out port))
            return true;
        return names.TryGetPort(text, out port);
    }
}
