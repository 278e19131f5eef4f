using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>A flow as a dump shows it.</summary>
/// <param name="Ufid">Its id.</param>
/// <param name="Packets">Packets since it was put.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Used">When it was used last, by the datapath's clock; 0 for never.</param>
/// <param name="Ukey">All of it, where the dump showed that; null else, and for one that makes no sense.</param>
internal readonly record struct FlowReport(Ufid Ufid, ulong Packets, ulong Bytes, long Used, Ukey? Ukey = null);
