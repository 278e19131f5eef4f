// The histogram of latencies, and the small lines in the tiles.

import { drawing, seconds, number } from "./format.js";
import { quantile } from "./history.js";

const LEFT = 8, RIGHT = 8, TOP = 26, BOTTOM = 24, HEIGHT = 210;

export function drawLatency(place, text, history) {
  const bounds = history.last.latency.boundsSeconds;
  const { counts, recent } = history.latencies();
  const width = Math.max(300, place.clientWidth);
  const p50 = quantile(bounds, counts, 0.5), p99 = quantile(bounds, counts, 0.99);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const words = total === 0 ? "No batch yet." : `p50 ${said(p50, bounds)}, p99 ${said(p99, bounds)}; ${number(total)} batches${recent ? "" : " since the start"}.`;
  const svg = drawing("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": `Histogram of latencies. ${words}` });
  const step = (width - LEFT - RIGHT) / counts.length, most = Math.max(1, ...counts), room = HEIGHT - TOP - BOTTOM;
  counts.forEach((count, bucket) => {
    // What there is is seen, however little it is beside the rest.
    const height = count === 0 ? 0 : Math.max(2, room * count / most);
    const range = bucket === 0 ? `up to ${seconds(bounds[0])}` : bucket < bounds.length ? `${seconds(bounds[bucket - 1])} to ${seconds(bounds[bucket])}` : `over ${seconds(bounds.at(-1))}`;
    svg.append(drawing("rect", { class: "bar", x: LEFT + bucket * step + 1.5, y: HEIGHT - BOTTOM - height, width: step - 3, height, rx: 2 }, drawing("title", {}, `${range}: ${number(count)}`)));
  });
  svg.append(drawing("line", { class: "axis", x1: LEFT, x2: width - RIGHT, y1: HEIGHT - BOTTOM + 0.5, y2: HEIGHT - BOTTOM + 0.5 }));
  // Powers of ten, each at the right end of the bucket that it bounds.
  bounds.forEach((bound, bucket) => {
    if (bucket % 3 !== 0) return;
    const x = LEFT + (bucket + 1) * step;
    svg.append(drawing("text", { class: "svg-small quiet", x, y: HEIGHT - 6, "text-anchor": "middle" }, seconds(bound)));
  });
  if (total > 0) {
    mark(svg, "p50", p50, bounds, step, 10, "end");
    mark(svg, "p99", p99, bounds, step, 10, "start");
  }
  place.replaceChildren(svg);
  if (text.textContent !== words) text.textContent = words;
}

export function said(value, bounds) {
  if (value === null) return "–";
  return value === Infinity ? `> ${seconds(bounds.at(-1))}` : `≤ ${seconds(value)}`;
}

// The text of one goes to its left and that of the other to its right: they are never in each other's way.
function mark(svg, name, value, bounds, step, y, anchor) {
  const bucket = value === Infinity ? bounds.length : bounds.indexOf(value);
  const x = LEFT + (bucket + 1) * step;
  const isRight = bucket > bounds.length - 5 || (anchor === "end" && bucket > 3);
  svg.append(
    drawing("line", { class: "mark", x1: x, x2: x, y1: y - 6, y2: HEIGHT - BOTTOM }),
    drawing("text", { class: "mark-text", x: isRight ? x - 5 : x + 5, y: y + 2, "text-anchor": isRight ? "end" : "start" }, `${name} ${said(value, bounds)}`));
}

export function drawSpark(svg, values) {
  const most = Math.max(...values, 1e-9), count = 60;
  const points = values.slice(-count).map((value, index, shown) => `${(100 * (count - shown.length + index) / (count - 1)).toFixed(2)},${(24 - 21 * value / most).toFixed(2)}`);
  const first = points[0]?.split(",")[0] ?? "100";
  svg.replaceChildren(
    drawing("polygon", { class: "spark-area", points: `${first},26 ${points.join(" ")} 100,26` }),
    drawing("polyline", { class: "spark-line", points: points.join(" ") }));
}
