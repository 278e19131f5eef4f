using System.Collections.Immutable;

namespace UpcallActors.Pipeline;

/// <summary>The upcalls that the lanes remember, see <see cref="UpcallPipeline.Recall"/>.</summary>
/// <param name="Upcalls">
/// Those that pass the filter, by the time of their batch, oldest first. Without packets, which are not remembered.
/// </param>
/// <param name="Looked">
/// Of each lane the number up to which all its upcalls have been looked at: a monitor that was attached before tells of those from it on.
/// </param>
internal sealed record RecentUpcalls(IReadOnlyList<MonitoredUpcall> Upcalls, ImmutableArray<long> Looked);
