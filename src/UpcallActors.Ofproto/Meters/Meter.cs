using System.Collections.Immutable;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto;

/// <summary>A meter of a bridge. Immutable; the datapath has what it counts.</summary>
/// <param name="Id">Its number in OpenFlow.</param>
/// <param name="DatapathId">Its number in the datapath, which the bridges share.</param>
/// <param name="Flags">What its rates count, and whether bursts are given (<c>OFPMF_*</c>).</param>
/// <param name="Bands">What it does with packets over a rate.</param>
/// <param name="Created">When it was added, by the clock of its tables; a modification does not count.</param>
internal sealed record Meter(uint Id, uint DatapathId, ushort Flags, ImmutableArray<OpenFlowMeterBand> Bands, TimeSpan Created);
