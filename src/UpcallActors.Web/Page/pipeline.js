// The pipeline as a picture: a row of four stages for each lane, between the datapath and the datapath.

import { drawing, element, rate, setText } from "./format.js";

const MOST_LANES = 8;
const WIDE = 760;
const STAGES = ["Receive", "Route", "Translate", "Execute"];

export class PipelinePicture {
  #place;
  #shape = "";
  #rows = [];

  constructor(place) {
    this.#place = place;
  }

  draw(history) {
    const lanes = history.last.lanes;
    const wide = this.#place.clientWidth >= WIDE;
    // The busiest lanes; in a narrow window all of them together.
    const shown = wide ? lanes.map(lane => lane.lane).sort((a, b) => lanes[b].received - lanes[a].received).slice(0, MOST_LANES).sort((a, b) => a - b) : null;
    const shape = wide ? `wide ${shown}` : "narrow";
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.#rows = [];
      this.#place.replaceChildren(wide ? this.#drawWide(shown) : this.#drawNarrow());
    }
    for (const row of this.#rows) row.update(history);
    const svg = this.#place.firstChild;
    svg.setAttribute("aria-label", describe(history));
    return wide && lanes.length > shown.length ? `the ${shown.length} busiest of ${lanes.length} lanes` : `${lanes.length} ${lanes.length === 1 ? "lane" : "lanes"}`;
  }

  #drawWide(shown) {
    const rowHeight = 104, height = shown.length * rowHeight + 4, width = 1100;
    const svg = drawing("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
    svg.append(datapath(2, 2, 86, height - 4, "upcalls"), datapath(width - 88, 2, 86, height - 4, "requests"));
    shown.forEach((lane, index) => {
      const y = index * rowHeight + 2;
      const row = new Row([lane]);
      STAGES.forEach((name, stage) => {
        const x = 128 + stage * 226;
        svg.append(row.edge(`M${stage === 0 ? 88 : x - 44} ${y + 40} H${x - 8}`, x - 8, y + 40, "right"));
        svg.append(row.stage(stage, stage === 0 ? `Lane ${lane} · Receive` : name, x, y + 2, 182, 76));
      });
      svg.append(row.edge(`M${128 + 3 * 226 + 182} ${y + 40} H${width - 96}`, width - 96, y + 40, "right"));
      svg.append(row.credits(128, y + 86, 182 + 3 * 226));
      this.#rows.push(row);
    });
    return svg;
  }

  #drawNarrow() {
    const svg = drawing("svg", { viewBox: "0 0 340 588", role: "img" });
    const row = new Row(null);
    svg.append(datapath(2, 2, 336, 46, "upcalls"), datapath(2, 538, 336, 46, "flows, EXECUTE"));
    STAGES.forEach((name, stage) => {
      const y = 76 + stage * 108;
      svg.append(row.edge(`M170 ${stage === 0 ? 48 : y - 32} V${y - 8}`, 170, y - 8, "down"));
      svg.append(row.stage(stage, stage === 0 ? "All lanes · Receive" : name, 30, y, 280, 76));
    });
    svg.append(row.edge("M170 476 V504", 170, 504, "down"));
    svg.append(row.credits(30, 516, 280));
    this.#rows.push(row);
    return svg;
  }
}

// One lane, or all of them together.
class Row {
  #lanes;
  #stages = [];
  #edges = [];
  #gauge;
  #gaugeWidth = 0;
  #gaugeText;

  constructor(lanes) {
    this.#lanes = lanes;
  }

  stage(index, name, x, y, width, height) {
    const box = drawing("rect", { class: "node", x, y, width, height, rx: 11 });
    const big = drawing("text", { class: "svg-big", x: x + 14, y: y + 46 });
    const small = drawing("text", { class: "svg-small quiet", x: x + 14, y: y + 66 });
    this.#stages[index] = { box, big, small };
    return drawing("g", {}, box, drawing("text", { class: "svg-name", x: x + 14, y: y + 21 }, name), big, small);
  }

  edge(path, x, y, direction) {
    const line = drawing("path", { class: "edge", d: path });
    this.#edges.push(line);
    const points = direction === "right" ? `${x - 2},${y - 5} ${x + 6},${y} ${x - 2},${y + 5}` : `${x - 5},${y - 2} ${x},${y + 6} ${x + 5},${y - 2}`;
    return drawing("g", {}, line, drawing("polygon", { class: "arrow", points }));
  }

  credits(x, y, width) {
    this.#gauge = drawing("rect", { class: "gauge-on", x, y, width: 0, height: 4, rx: 2 });
    this.#gaugeWidth = width - 150;
    this.#gaugeText = drawing("text", { class: "svg-small quiet", x: x + width, y: y + 6, "text-anchor": "end" });
    return drawing("g", {}, drawing("rect", { class: "gauge", x, y, width: this.#gaugeWidth, height: 4, rx: 2 }), this.#gauge, this.#gaugeText);
  }

  update(history) {
    const of = counter => history.rate(snapshot => this.#sum(snapshot, counter));
    const now = counter => this.#sum(history.last, counter);
    const received = of(lane => lane.received), batches = of(lane => lane.batches), lost = now(lane => lane.lost);
    this.#show(0, received, `upcalls/s, ${received > 0 && batches > 0 ? (received / batches).toFixed(1) : "–"} a batch`);
    this.#show(1, of(lane => lane.received - lane.lost), lost ? `routed/s, ${rate(lost)} lost in all` : `routed/s, ${rate(of(lane => lane.duplicates))} duplicates`, lost > 0);
    const errors = now(lane => lane.translationErrors);
    this.#show(2, of(lane => lane.translated), errors ? `translated/s, ${rate(errors)} with errors` : "translated/s", errors > 0);
    this.#show(3, of(lane => lane.executes), `packets/s, ${rate(of(lane => lane.flowPuts))} flows/s`);
    for (const edge of this.#edges) edge.setAttribute("class", received > 0 ? "edge live" : "edge");
    const inUse = now(lane => lane.creditsInUse), all = now(lane => lane.credits);
    this.#gauge.setAttribute("width", String(all ? this.#gaugeWidth * inUse / all : 0));
    this.#gauge.setAttribute("class", inUse > 0.8 * all ? "gauge-on full" : "gauge-on");
    setText(this.#gaugeText, `${inUse} of ${all} batches in use`);
  }

  #sum(snapshot, counter) {
    return snapshot.lanes.reduce((sum, lane) => this.#lanes === null || this.#lanes.includes(lane.lane) ? sum + counter(lane) : sum, 0);
  }

  #show(index, value, note, isBad = false) {
    const { box, big, small } = this.#stages[index];
    box.setAttribute("class", value > 0 ? "node live" : "node");
    setText(big, rate(value));
    setText(small, note);
    small.setAttribute("class", isBad ? "svg-small bad-text" : "svg-small quiet");
  }
}

function datapath(x, y, width, height, what) {
  const middle = x + width / 2, centre = y + height / 2;
  return drawing("g", {},
    drawing("rect", { class: "dp", x, y, width, height, rx: 11 }),
    drawing("text", { class: "svg-name", x: middle, y: centre - 3, "text-anchor": "middle" }, "Datapath"),
    drawing("text", { class: "svg-small quiet", x: middle, y: centre + 14, "text-anchor": "middle" }, what));
}

function describe(history) {
  const of = counter => rate(history.rate(snapshot => snapshot.lanes.reduce((sum, lane) => sum + counter(lane), 0)));
  return `Pipeline of ${history.last.lanes.length} lanes: a second, ${of(lane => lane.received)} upcalls are received, ${of(lane => lane.translated)} translated, ` +
    `${of(lane => lane.executes)} packets sent on and ${of(lane => lane.flowPuts)} flows installed.`;
}

export function drawLanes(body, history) {
  const rows = history.last.lanes.map((lane, index) => {
    const of = counter => rate(history.rate(snapshot => counter(snapshot.lanes[index])));
    return [String(lane.lane), of(one => one.received), of(one => one.translated), of(one => one.executes), of(one => one.flowPuts), rate(lane.lost), `${lane.creditsInUse} of ${lane.credits}`];
  });
  while (body.rows.length > rows.length) body.deleteRow(-1);
  rows.forEach((cells, index) => {
    const row = body.rows[index] ?? body.appendChild(element("tr", {}, ...cells.map((_, cell) => element("td", cell ? { class: "n" } : {}))));
    cells.forEach((text, cell) => setText(row.cells[cell], text));
  });
}
