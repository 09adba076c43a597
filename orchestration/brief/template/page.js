"use strict";
// Charts take their colours from the style sheet, so that one specification serves light, dark and print.
const dataOf = (name) => JSON.parse(document.getElementById(`data-${name}`).textContent);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const resolve = (node) => {
  if (typeof node === "string") return node.startsWith("var(--") ? colour(node.slice(4, -1)) : node;
  if (Array.isArray(node)) return node.map(resolve);
  if (node && typeof node === "object") return Object.fromEntries(Object.entries(node).map(([k, v]) => [k, resolve(v)]));
  return node;
};
const config = () => ({
  background: "transparent",
  font: colour("--sans"),
  view: { stroke: null },
  axis: { labelColor: colour("--ink"), titleColor: colour("--quiet"), gridColor: colour("--rule"), domainColor: colour("--rule"),
          tickColor: colour("--rule"), labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", labelLimit: 220 },
  legend: { labelColor: colour("--ink"), titleColor: colour("--quiet"), orient: "top", labelFontSize: 12, titleFontSize: 12 },
  header: { labelColor: colour("--ink"), titleColor: colour("--quiet"), labelFontSize: 12 },
  text: { color: colour("--ink") },
});
const views = new Map();
const datasets = new Map();
const rowsOf = (name) => { if (!datasets.has(name)) datasets.set(name, dataOf(name)); return datasets.get(name); };
const namesIn = (node, found = new Set()) => {
  if (Array.isArray(node)) node.forEach((item) => namesIn(item, found));
  else if (node && typeof node === "object") {
    if (node.data && node.data.name) found.add(node.data.name);
    Object.values(node).forEach((item) => namesIn(item, found));
  }
  return found;
};

async function draw(holder) {
  const id = holder.dataset.chart;
  const spec = resolve(JSON.parse(document.getElementById(`spec-${id}`).textContent));
  spec.datasets = Object.fromEntries([...namesIn(spec)].map((name) => [name, override.get(name) ?? rowsOf(name)]));
  const result = await vegaEmbed(holder, spec, { actions: false, renderer: "svg", config: config(), ast: true });
  holder.querySelector("svg")?.setAttribute("aria-hidden", "true");
  views.get(id)?.finalize();
  views.set(id, result);
}

// The plurilateral what-if: which share of the imports would still come from outside the agreement.
const override = new Map();
function setUpWhatIf() {
  const choices = document.getElementById("what-if-choices");
  if (!choices) return;
  const rows = rowsOf("what_if_sources");
  const partners = rowsOf("what_if_partners");
  for (const { iso3, name, invited } of partners) {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox"; box.value = iso3; box.checked = invited;
    label.append(box, name);
    choices.append(label);
  }
  const compute = () => {
    const members = new Set(["CAN", "MEX", ...[...choices.querySelectorAll("input:checked")].map((box) => box.value)]);
    const byMineral = new Map();
    for (const row of rows) {
      const entry = byMineral.get(row.mineral) ?? { mineral: row.mineral, reliance_pct: row.reliance_pct, outside: 0, before: 0 };
      if (!members.has(row.supplier_iso3)) entry.outside += row.share;
      if (!["CAN", "MEX"].includes(row.supplier_iso3)) entry.before += row.share;
      byMineral.set(row.mineral, entry);
    }
    const result = [...byMineral.values()].map((m) => ({
      mineral: m.mineral,
      before_pct: +(m.before * m.reliance_pct).toFixed(1),
      outside_pct: +(m.outside * m.reliance_pct).toFixed(1),
    }));
    override.set("what_if_result", result);
    const above = (key) => result.filter((m) => m[key] > 50).length;
    document.getElementById("what-if-answer").textContent =
      `${above("outside_pct")} of ${result.length} minerals stay above 50 % dependency on countries outside the agreement; ` +
      `with Canada and Mexico alone it is ${above("before_pct")}.`;
    const holder = document.querySelector('[data-chart="what_if"]');
    if (holder) draw(holder);
  };
  choices.addEventListener("change", compute);
  compute();
}

function toCsv(rows) {
  if (!rows.length) return "";
  const columns = Object.keys(rows[0]);
  // A cell that a spreadsheet would run as a formula is led by an apostrophe.
  const cell = (value) => {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return String(value);
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns.join(","), ...rows.map((row) => columns.map((c) => cell(row[c])).join(","))].join("\r\n");
}
document.addEventListener("click", (event) => {
  const name = event.target.dataset?.download;
  if (!name) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([toCsv(override.get(name) ?? rowsOf(name))], { type: "text/csv" }));
  link.download = `${name}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
});

const drawAll = () => Promise.all([...document.querySelectorAll("[data-chart]")].map(draw));
setUpWhatIf();
drawAll().then(() => { document.documentElement.dataset.ready = "true"; });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
