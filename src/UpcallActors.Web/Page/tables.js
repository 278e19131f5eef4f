// The tiles and tables of what is counted.

import { bits, drawing, duration, element, number, rate, seconds, setText, short } from "./format.js";
import { quantile } from "./history.js";
import { drawSpark, said } from "./charts.js";

const MOST_PORTS = 10;

export function drawTiles(place, history) {
  const last = history.last, bounds = last.latency.boundsSeconds;
  const { counts } = history.latencies();
  const lost = snapshot => snapshot.losses.reduce((sum, loss) => sum + loss.upcalls, 0);
  const received = snapshot => snapshot.lanes.reduce((sum, lane) => sum + lane.received, 0);
  const executed = snapshot => snapshot.lanes.reduce((sum, lane) => sum + lane.executes, 0);
  const flows = snapshot => snapshot.datapath.stats?.flows ?? snapshot.revalidation?.flows ?? 0;
  tile(place, "Upcalls/s", rate(history.rate(received)), `${short(received(last))} in all`, history.rates(received));
  tile(place, "Packets sent on/s", rate(history.rate(executed)), `${short(executed(last))} in all`, history.rates(executed));
  tile(place, "Latency, p99", said(quantile(bounds, counts, 0.99), bounds), `half ${said(quantile(bounds, counts, 0.5), bounds)}`, null);
  tile(place, "Datapath flows", short(flows(last)), last.revalidation ? `limit ${short(last.revalidation.flowLimit)}` : "not revalidated", history.values(flows));
  tile(place, "Lost/s", rate(history.rate(lost)), `${short(lost(last))} in all`, history.rates(lost), lost(last) > 0);
}

function tile(place, name, value, more, line, isBad = false) {
  let box = place.querySelector(`[data-tile="${name}"]`);
  if (!box) {
    box = element("div", { class: "tile", "data-tile": name }, element("dt", {}, name), element("dd", { class: "value" }), element("dd", { class: "more" }),
      drawing("svg", { viewBox: "0 0 100 26", preserveAspectRatio: "none", "aria-hidden": "true" }));
    place.append(box);
  }
  box.classList.toggle("bad", isBad);
  setText(box.children[1], value);
  setText(box.children[2], more);
  if (line) drawSpark(box.children[3], line);
}

export function drawClasses(body, history) {
  const classes = history.last.classes;
  rows(body, classes.map((one, index) => ({
    cells: [one.class.replace("_", " "), number(one.upcalls), rate(history.rate(snapshot => snapshot.classes[index].upcalls))],
    weight: one.upcalls,
  })));
}

export function drawLosses(body, note, history) {
  const losses = history.last.losses;
  const all = losses.reduce((sum, loss) => sum + loss.upcalls, 0);
  // A packet let go by its flow's actions or by a meter is what the rules want.
  const wanted = ["last_action", "explicit", "meter"];
  const drops = history.last.drops.map((drop, index) => ({ drop, index })).filter(({ drop }) => drop.packets > 0);
  rows(body, [...losses.map((loss, index) => ({
    cells: [loss.description, number(loss.upcalls), rate(history.rate(snapshot => snapshot.losses[index].upcalls))],
    weight: loss.upcalls, isBad: loss.upcalls > 0,
  })), ...drops.map(({ drop, index }) => ({
    cells: [`packets ${drop.description}`, number(drop.packets), rate(history.rate(snapshot => snapshot.drops[index].packets))],
    weight: drop.packets, isBad: !wanted.includes(drop.cause),
  }))]);
  const errors = history.last.errors.reduce((sum, error) => sum + error.count, 0);
  const packets = drops.reduce((sum, { drop }) => sum + (wanted.includes(drop.cause) ? 0 : drop.packets), 0);
  const lost = [...all ? [`${number(all)} upcalls`] : [], ...packets ? [`${number(packets)} packets`] : []].join(", ");
  setText(note, (lost || "nothing") + (errors ? `; ${number(errors)} requests refused: ${history.last.errors.map(error => `${error.request} ${error.description}`).join(", ")}` : ""));
}

export function drawPorts(body, note, history) {
  const last = history.last;
  const find = (snapshot, port) => snapshot.ports.find(other => other.number === port.number);
  const busiest = last.ports
    .map(port => ({ port, of: counter => history.rate(snapshot => { const found = find(snapshot, port); return found ? counter(found) : counter(port); }) }))
    .map(({ port, of }) => ({ port, upcalls: of(one => one.upcalls), rx: of(one => one.rxBytes), tx: of(one => one.txBytes) }))
    .sort((a, b) => b.upcalls - a.upcalls || b.rx + b.tx - a.rx - a.tx || b.port.upcalls - a.port.upcalls)
    .slice(0, MOST_PORTS);
  rows(body, busiest.map(({ port, upcalls, rx, tx }) => ({
    cells: [
      (port.number === null ? "others" : port.name ?? `port ${port.number}`) + (port.bridge && port.bridge !== port.name ? ` on ${port.bridge}` : ""),
      rate(upcalls), short(port.upcalls), port.rxBytes === null ? "?" : bits(rx), port.txBytes === null ? "?" : bits(tx), short(port.shed),
    ],
    weight: upcalls, isBad: port.shed > 0,
  })));
  for (const row of body.rows) for (const cell of [row.cells[3], row.cells[4]]) cell.classList.add("roomy");
  const waiting = last.waitingPorts.map(port => `${port.name} of ${port.bridge} ${port.isRefused ? "is refused" : "waits"}: ${port.reason}`);
  setText(note, [...last.portCount > busiest.length ? [`${busiest.length} of ${number(last.portCount)}`] : [], ...waiting].join("; "));
  note.classList.toggle("bad", waiting.length > 0);
}

function rows(body, list) {
  const most = Math.max(1e-9, ...list.map(row => row.weight));
  while (body.rows.length > list.length) body.deleteRow(-1);
  list.forEach(({ cells, weight, isBad }, index) => {
    const row = body.rows[index] ?? body.appendChild(element("tr", {}, ...cells.map((_, cell) => element("td", cell ? { class: "n" } : {}))));
    row.className = isBad ? "bad" : weight > 0 ? "" : "zero";
    row.cells[0].style.setProperty("--share", `${100 * weight / most}%`);
    cells.forEach((text, cell) => setText(row.cells[cell], text));
  });
}

export function drawMru(place, history) {
  const { upcalls, largest, refragmented } = history.last.mru;
  facts(place, [
    ["Upcalls with an MRU", number(upcalls)],
    ["a second", rate(history.rate(snapshot => snapshot.mru.upcalls))],
    ["Largest MRU", largest ? `${number(largest)} bytes` : "–"],
    ["Sent on in smaller fragments", number(refragmented)],
  ]);
}

export function drawDatapath(place, history) {
  const last = history.last, stats = last.datapath.stats, state = last.revalidation;
  const hit = history.rate(snapshot => snapshot.datapath.stats?.hit), missed = history.rate(snapshot => snapshot.datapath.stats?.missed);
  facts(place, [
    ["Datapath", last.datapath.fullName],
    ["Upcalls go to lanes", last.datapath.dispatch],
    ["Packets that matched a flow", stats ? hit + missed > 0 ? `${(100 * hit / (hit + missed)).toFixed(1)} % of ${rate(hit + missed)}/s` : `${short(stats.hit)} in all` : "?"],
    ["Masks", stats ? number(stats.masks) : "?"],
    ...state ? [
      ["Flows", `${number(state.flows)}, at most ${number(state.maxFlows)}`],
      ["Limit", number(state.flowLimit)],
      ["A round takes", state.rounds ? seconds(state.dumpMilliseconds / 1000) : "–"],
      ["Revalidators", state.isPaused ? "paused" : number(state.keys.length)],
    ] : [["Revalidators", "none: a replay"]],
    ["Rules", last.bridges.map(bridge => `${bridge.name} ${number(bridge.rules)}`).join(", ")],
  ]);
}

function facts(place, list) {
  if (place.children.length !== 2 * list.length) place.replaceChildren(...list.flatMap(() => [element("dt"), element("dd")]));
  list.forEach(([name, value], index) => {
    setText(place.children[2 * index], name);
    setText(place.children[2 * index + 1], value);
  });
}

export function about(snapshot) {
  return `${snapshot.datapath.fullName} · ${snapshot.version} · up ${duration(snapshot.uptimeSeconds)}`;
}
