// Numbers for people, and elements made without markup in strings: what the daemon says is text, never HTML.

const SVG = "http://www.w3.org/2000/svg";

export function number(value) {
  return Math.round(value).toLocaleString("en-US");
}

export function short(value) {
  if (value >= 1e9) return (value / 1e9).toFixed(1) + "G";
  if (value >= 1e6) return (value / 1e6).toFixed(1) + "M";
  if (value >= 1e4) return (value / 1e3).toFixed(value >= 1e5 ? 0 : 1) + "k";
  return number(value);
}

export function rate(value) {
  if (value > 0 && value < 0.1) return "<0.1";
  return value > 0 && value < 10 ? value.toFixed(1) : short(value);
}

export function bits(bytesPerSecond) {
  const value = bytesPerSecond * 8;
  if (value >= 1e9) return (value / 1e9).toFixed(1) + " Gbit/s";
  if (value >= 1e6) return (value / 1e6).toFixed(1) + " Mbit/s";
  if (value >= 1e3) return (value / 1e3).toFixed(1) + " kbit/s";
  return number(value) + " bit/s";
}

export function seconds(value) {
  if (value >= 1) return +value.toFixed(1) + " s";
  if (value >= 1e-3) return +(value * 1e3).toFixed(1) + " ms";
  return +(value * 1e6).toFixed(1) + " µs";
}

export function duration(value) {
  const days = Math.floor(value / 86400), hours = Math.floor(value / 3600) % 24, minutes = Math.floor(value / 60) % 60;
  if (days) return `${days} d ${hours} h`;
  if (hours) return `${hours} h ${minutes} min`;
  return minutes ? `${minutes} min ${Math.floor(value % 60)} s` : `${Math.floor(value)} s`;
}

export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function drawing(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

// Leaves alone what is as it should be: a live page must not take away what somebody selects or reads out.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}
