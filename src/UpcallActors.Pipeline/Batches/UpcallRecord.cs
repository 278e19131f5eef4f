using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// What the stages know of one upcall, beside its bytes (slot of the same index) and its key and mask (arrays of the
/// same index). The receiver writes <see cref="Port"/>, the router all the rest anew.
/// </summary>
internal struct UpcallRecord
{
    /// <summary>
    /// No upcall: <see cref="DuplicateOf"/> of one whose key no earlier one in the batch has, <see cref="StandIn"/> of one that needs
    /// none.
    /// </summary>
    public const short None = -1;

    /// <summary>Where the message's parts lie.</summary>
    public PacketMessage Message;

    /// <summary>Keyed hash of the key's bytes; also the flow's UFID.</summary>
    public UInt128 KeyHash;

    /// <summary>What the translator decided.</summary>
    public Translation Translation;

    /// <summary>Where its actions lie in the batch's arena; absent when nothing is to be executed.</summary>
    public Extent Actions;

    /// <summary>Why it could not be parsed; <see cref="OdpParseError.None"/> for what was.</summary>
    public OdpParseError ParseError;

    /// <summary>The error that the datapath answered its EXECUTE with, if it did.</summary>
    public Errno ExecuteError;

    /// <summary>
    /// The error that the datapath answered its flow put with, if it did. EEXIST is none: see
    /// <see cref="FlowFate.Exists"/>.
    /// </summary>
    public Errno FlowPutError;

    /// <summary>What became of its flow.</summary>
    public FlowFate Flow;

    /// <summary>Entry in the lane's <see cref="PortTable"/>.</summary>
    public short Port;

    /// <summary>
    /// Index of the first upcall of this batch with the same key, if that is another; else <see cref="None"/>. The router's, and never
    /// changed after.
    /// </summary>
    public short DuplicateOf;

    /// <summary>
    /// Of the first upcall of a key whose translation failed: index of the duplicate that was translated in its place; else <see
    /// cref="None"/>. The translator's.
    /// </summary>
    public short StandIn;

    /// <summary>
    /// Packets that its translation, when it is made, credits to the rules: its own, and those of the duplicates behind it.
    /// </summary>
    public int CreditPackets;

    /// <summary>The bytes of these.</summary>
    public long CreditBytes;

    /// <summary>What the upcall asks.</summary>
    public UpcallClass Class;

    /// <summary>How far it has come.</summary>
    public UpcallProgress Progress;

    /// <summary>Whether its translation was made, which may be one that says nothing: a drop.</summary>
    public bool IsTranslated;

    /// <summary>Whether its EXECUTE has a smaller MRU than the upcall: the port that it goes to takes no more.</summary>
    public readonly bool ClampsMru => Translation.MruLimit != 0 && Message.Mru.IsPresent && Translation.MruLimit < Message.Origin.Mru;

    /// <summary>The MRU that its EXECUTE carries; 0 for none.</summary>
    public readonly ushort ExecuteMru => ClampsMru ? Translation.MruLimit : Message.Origin.Mru;

    /// <summary>Whether the datapath has refused one of its requests.</summary>
    public readonly bool IsRefused => (ExecuteError | FlowPutError) != Errno.None;
}

/// <summary>Whether the packets that follow find a flow.</summary>
internal enum FlowFate : byte
{
    /// <summary>No flow to put: the translation is for one packet only, or another upcall brings the flow.</summary>
    None,

    /// <summary>It was sent to the datapath.</summary>
    Put,

    /// <summary>
    /// It was sent to the datapath, which had it already: packets of it that came at once were in several batches or
    /// lanes.
    /// </summary>
    Exists,

    /// <summary>It was computed before the tables changed.</summary>
    Stale,

    /// <summary>There are as many as there may be.</summary>
    OverLimit,
}

/// <summary>How far an upcall has come in its batch.</summary>
internal enum UpcallProgress : byte
{
    /// <summary>Received, not looked at.</summary>
    Received,

    /// <summary>Waits for the translator.</summary>
    ToTranslate,

    /// <summary>Waits for the executor.</summary>
    ToExecute,

    /// <summary>Nothing is left to be done: consumed, bad, or lost and counted.</summary>
    Done,
}
