namespace UpcallActors.Embedded;

/// <summary>What a segment's flags amount to.</summary>
internal enum TcpEvent : byte
{
    Syn,
    SynAck,
    Fin,
    Ack,
    Reset,
    None,
}
