// The snapshots of the last minute. Counters only grow: rates are differences.

const KEEP_MS = 61000;
const RATE_MS = 4000;

export class History {
  #snapshots = [];

  add(snapshot) {
    snapshot.at = Date.parse(snapshot.time);
    // Another process, or a clock that was set: what was before has nothing to do with it.
    const last = this.last;
    if (last && (last.processId !== snapshot.processId || last.at >= snapshot.at)) this.#snapshots = [];
    this.#snapshots.push(snapshot);
    while (snapshot.at - this.#snapshots[0].at > KEEP_MS) this.#snapshots.shift();
  }

  get last() { return this.#snapshots.at(-1); }

  get first() { return this.#snapshots[0]; }

  // How fast a counter grows, over the last seconds.
  rate(counter) {
    const last = this.last;
    const before = this.#snapshots.findLast(snapshot => last.at - snapshot.at >= RATE_MS) ?? this.first;
    return between(before, last, counter);
  }

  // The same, from each second to the next.
  rates(counter) {
    const rates = [];
    for (let index = 1; index < this.#snapshots.length; index++) rates.push(between(this.#snapshots[index - 1], this.#snapshots[index], counter));
    return rates;
  }

  values(gauge) { return this.#snapshots.map(gauge); }

  // Latencies by bucket, of the last minute; of all time as long as the minute has none.
  latencies() {
    const now = this.last.latency.counts, before = this.first.latency.counts;
    const recent = now.map((count, bucket) => count - before[bucket]);
    return recent.some(count => count > 0) ? { counts: recent, recent: true } : { counts: now, recent: false };
  }
}

function between(before, after, counter) {
  const passed = (after.at - before.at) / 1000;
  if (passed <= 0) return 0;
  return Math.max(0, ((counter(after) ?? 0) - (counter(before) ?? 0)) / passed);
}

// The bound that a share of all stays below, as far as buckets tell; Infinity beyond the last.
export function quantile(bounds, counts, share) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let seen = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    seen += counts[bucket];
    if (seen >= Math.ceil(share * total)) return bucket < bounds.length ? bounds[bucket] : Infinity;
  }
  return Infinity;
}
