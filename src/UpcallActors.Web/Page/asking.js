// What is asked for and not streamed: the datapath's flows, OpenFlow rules, and traces.

import { duration, element, number, seconds, short } from "./format.js";

async function ask(address) {
  const response = await fetch(address, { headers: { accept: "application/json" } });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.problem);
  return answer;
}

async function during(form, work) {
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    return await work();
  } finally {
    button.disabled = false;
  }
}

function note(place, text, isProblem = false) {
  place.textContent = text;
  place.classList.toggle("problem", isProblem);
}

export function setUpFlows(form, list, remark) {
  const show = () => during(form, async () => {
    try {
      const answer = await ask(`api/flows?limit=100&filter=${encodeURIComponent(form.filter.value.trim())}`);
      list.replaceChildren(...answer.flows.map(flow => element("li", {},
        element("div", { class: "mono" }, flow.match),
        element("div", { class: "mono does" }, "→ " + flow.actions),
        element("div", { class: "meta" }, `${number(flow.packets)} packets, ${short(flow.bytes)} bytes, ${flow.usedSecondsAgo === null ? "never used" : `used ${seconds(Math.max(0, flow.usedSecondsAgo))} ago`}`))));
      const shown = answer.flows.length, of = answer.matched;
      note(remark, `${number(shown)} of ${number(of)}${of > shown ? ", those with the most packets" : ""}${answer.isCut ? `; only the first ${number(answer.read)} flows were looked at` : ""}`);
    } catch (problem) {
      list.replaceChildren();
      note(remark, problem.message, true);
    }
  });
  form.addEventListener("submit", event => {
    event.preventDefault();
    show();
  });
  return show;
}

export function setUpRules(form, list, remark) {
  const show = () => during(form, async () => {
    try {
      const answer = await ask(`api/rules?limit=100&bridge=${encodeURIComponent(form.bridge.value)}&match=${encodeURIComponent(form.match.value.trim())}`);
      list.replaceChildren(...answer.rules.map(rule => element("li", {},
        element("div", { class: "mono" }, element("span", { class: "tag" }, `table ${rule.table}`), `priority=${rule.priority}${rule.match ? "," + rule.match : ""}`),
        element("div", { class: "mono does" }, "→ " + rule.actions),
        element("div", { class: "meta" }, `${number(rule.packets)} packets, ${short(rule.bytes)} bytes, there for ${duration(rule.durationSeconds)}${rule.cookie === "0x0" ? "" : `, cookie ${rule.cookie}`}`))));
      const shown = answer.rules.length, of = answer.matched;
      note(remark, `${number(shown)} of ${number(of)}${of > shown ? ", those with the most packets" : ""}`);
    } catch (problem) {
      list.replaceChildren();
      note(remark, problem.message, true);
    }
  });
  form.addEventListener("submit", event => {
    event.preventDefault();
    show();
  });
  form.bridge.addEventListener("change", show);
  return show;
}

export function setUpTrace(form, place, remark) {
  form.addEventListener("submit", event => {
    event.preventDefault();
    during(form, async () => {
      try {
        const answer = await ask(`api/trace?bridge=${encodeURIComponent(form.bridge.value)}&flow=${encodeURIComponent(form.flow.value.trim())}`);
        const text = element("details", {}, element("summary", {}, "As ofproto/trace prints it"), element("pre", { class: "mono scroll", tabindex: "0" }, answer.text));
        place.replaceChildren(...answer.trace.passes.map(pass), text);
        note(remark, `${answer.trace.passes.length} ${answer.trace.passes.length === 1 ? "pass" : "passes"} through the tables${answer.trace.skippedPasses ? `, ${answer.trace.skippedPasses} not followed` : ""}.`);
      } catch (problem) {
        place.replaceChildren();
        note(remark, problem.message, true);
      }
    });
  });
}

function pass(one, index) {
  const title = one.resume ? `Back from conntrack: ${one.resume.conntrackState}${one.resume.isDefaultState ? " (assumed)" : ""}` : index === 0 ? "The packet" : `Pass ${index + 1}`;
  const outcome = element("dl", { class: "outcome" });
  const add = (name, value) => outcome.append(element("dt", {}, name), element("dd", { class: "mono" }, value));
  if (one.finalFlow) add("Leaves as", one.finalFlow);
  add("Megaflow", one.megaflow);
  add("Datapath actions", one.datapathActions);
  if (one.error !== "None") add("Error", one.error);
  add("Flow", one.installsFlow ? "is installed: the next such packet does not come up" : "is not installed: each such packet comes up");
  return element("section", { class: "pass" },
    element("h3", {}, title),
    element("div", { class: "mono" }, one.flow),
    element("ul", { class: "tree" }, ...one.nodes.map(node)),
    outcome);
}

function node(one) {
  const item = element("li", {}, element("span", { class: `mono ${one.kind.toLowerCase()}` },
    ...one.table === null ? [] : [element("span", { class: "tag" }, `table ${one.table}`)],
    one.text));
  if (one.children.length > 0) item.append(element("ul", {}, ...one.children.map(node)));
  return item;
}
