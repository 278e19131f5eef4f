// The page: takes the daemon's snapshots as they come, and draws them.

import { element, setText } from "./format.js";
import { History } from "./history.js";
import { PipelinePicture, drawLanes } from "./pipeline.js";
import { drawLatency } from "./charts.js";
import { about, drawClasses, drawDatapath, drawLosses, drawMru, drawPorts, drawTiles } from "./tables.js";
import { setUpFlows, setUpRules, setUpTrace } from "./asking.js";

const at = id => document.getElementById(id);
const body = id => at(id).tBodies[0];
const history = new History();
const picture = new PipelinePicture(at("pipeline"));
const showFlows = setUpFlows(at("flows-form"), at("flows"), at("flows-note"));
const showRules = setUpRules(at("rules-form"), at("rules"), at("rules-note"));
setUpTrace(at("trace-form"), at("trace"), at("trace-note"));

function draw() {
  if (!history.last) return;
  setText(at("about"), about(history.last));
  drawTiles(at("now"), history);
  setText(at("pipeline-note"), picture.draw(history));
  drawLanes(body("lanes"), history);
  drawLatency(at("latency"), at("latency-text"), history);
  drawClasses(body("classes"), history);
  drawLosses(body("losses"), at("losses-note"), history);
  drawPorts(body("ports"), at("ports-note"), history);
  drawMru(at("mru"), history);
  drawDatapath(at("reval"), history);
  const bridges = history.last.bridges.map(bridge => bridge.name);
  for (const choice of [at("bridge"), at("rules-bridge")]) {
    if (bridges.join() === [...choice.options].map(option => option.value).join()) continue;
    choice.replaceChildren(...bridges.map(name => element("option", { value: name }, name)));
  }
}

function say(state, text) {
  at("state").dataset.state = state;
  setText(at("state"), text);
}

// The browser comes back by itself after a connection that was lost; one that was refused (too many pages look) it gives up, and we try again.
function connect() {
  const events = new EventSource("events");
  let isFirst = true;
  events.onmessage = message => {
    history.add(JSON.parse(message.data));
    const problem = history.last.notReadyBecause;
    say(problem ? "unready" : "ready", problem ? `not ready: ${problem}` : "ready");
    draw();
    if (isFirst) {
      showFlows();
      showRules();
    }
    isFirst = false;
  };
  events.onerror = () => {
    say("lost", "no connection, trying again");
    if (events.readyState === EventSource.CLOSED) setTimeout(connect, 3000);
  };
}

const THEMES = { auto: ["◐ auto", "as the system has them"], light: ["☀ light", "light"], dark: ["☾ dark", "dark"] };

function setTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  at("theme").dataset.choice = theme;
  setText(at("theme"), THEMES[theme][0]);
  at("theme").setAttribute("aria-label", `Colours: ${THEMES[theme][1]}`);
}

at("theme").addEventListener("click", () => {
  const names = Object.keys(THEMES), next = names[(names.indexOf(at("theme").dataset.choice) + 1) % names.length];
  localStorage.setItem("theme", next);
  setTheme(next);
});
setTheme(THEMES[localStorage.getItem("theme")] ? localStorage.getItem("theme") : "auto");
addEventListener("resize", draw);
connect();
