namespace UpcallActors.Ofproto;

/// <summary>Who makes a change of flow tables.</summary>
/// <param name="Source">On whose behalf.</param>
/// <param name="Connection">The number of the connection, if a message of one makes it.</param>
/// <param name="Xid">The message's transaction id.</param>
internal readonly record struct ChangeOrigin(ChangeSource Source, long Connection = 0, uint Xid = 0);
