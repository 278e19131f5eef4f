namespace UpcallActors.Ofproto;

/// <summary>A port and the bridge that it is of.</summary>
internal readonly record struct AttachedPort(Bridge Bridge, BridgePort Port);
