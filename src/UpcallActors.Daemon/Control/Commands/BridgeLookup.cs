using System.Diagnostics.CodeAnalysis;
using UpcallActors.Ofproto;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>Bridges by name.</summary>
internal static class BridgeLookup
{
    /// <summary>The answer to a name that no bridge has, in Open vSwitch's words.</summary>
    public static ControlReply NoSuchBridge => ControlReply.Error("no such bridge");

    /// <summary>Finds a bridge.</summary>
    public static bool TryGetBridge(this ControlContext context, string name, [NotNullWhen(true)] out Bridge? bridge)
    {
        bridge = context.Translators.Bridges.FirstOrDefault(candidate => candidate.Name == name);
        return bridge != null;
    }
}
