namespace UpcallActors.OpenFlow;

/// <summary>OpenFlow's reserved port numbers in their 16-bit form (<c>OFPP_*</c>), the form in which ports are kept here.</summary>
internal static class OpenFlowPorts
{
    /// <summary>Real ports are below this.</summary>
    public const uint Maximum = 0xff00;

    /// <summary>Back out of the port it came from.</summary>
    public const uint InPort = 0xfff8;

    /// <summary>Through the flow tables (packet-out only).</summary>
    public const uint Table = 0xfff9;

    /// <summary>As a learning switch would.</summary>
    public const uint Normal = 0xfffa;

    /// <summary>To all ports but the input port and those with flooding off.</summary>
    public const uint Flood = 0xfffb;

    /// <summary>To all ports but the input port.</summary>
    public const uint All = 0xfffc;

    /// <summary>To the controller.</summary>
    public const uint Controller = 0xfffd;

    /// <summary>The bridge's own port.</summary>
    public const uint Local = 0xfffe;

    /// <summary>No port.</summary>
    public const uint None = 0xffff;

    /// <summary>What OpenFlow 1.1 and later add to a reserved number in their 32-bit form.</summary>
    public const uint WideOffset = 0xffff0000;

    private static readonly (string Name, uint Port)[] _names =
    [
        ("IN_PORT", InPort), ("TABLE", Table), ("NORMAL", Normal), ("FLOOD", Flood),
        ("ALL", All), ("CONTROLLER", Controller), ("LOCAL", Local), ("ANY", None), ("NONE", None),
    ];

    /// <summary>The number of a reserved name, written in any case.</summary>
    public static bool TryGetReserved(ReadOnlySpan<char> name, out uint port)
    {
        foreach ((string candidate, uint number) in _names)
        {
            if (name.Equals(candidate, StringComparison.OrdinalIgnoreCase))
            {
                port = number;
                return true;
            }
        }
        port = 0;
        return false;
    }

    /// <summary>The reserved name, or the number in decimal.</summary>
    public static string Format(uint port)
    {
        foreach ((string name, uint number) in _names)
        {
            if (number == port)
                return name;
        }
        return port.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
