"use strict";
// Colours are style-sheet variables that the SVG carries as they are, so that light, dark and print need no redraw.
const isNarrow = (width) => width < messages.narrow_below;
const configFor = (width) => ({
  aria: false,
  background: "transparent",
  font: getComputedStyle(document.body).fontFamily,
  view: { stroke: null },
  axis: { labelColor: "var(--ink)", titleColor: "var(--quiet)", gridColor: "var(--rule)", domainColor: "var(--rule)",
          tickColor: "var(--rule)", labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", titlePadding: 8,
          labelLimit: isNarrow(width) ? 120 : 220 },
  axisX: { labelFlush: false, tickCount: 5 },
  axisY: { grid: false, domain: false, ticks: false, labelPadding: 6 },
  legend: { labelColor: "var(--ink)", titleColor: "var(--quiet)", orient: "top", labelFontSize: 12, titleFontSize: 12,
            titleFontWeight: "normal", labelLimit: 240, columnPadding: isNarrow(width) ? 8 : 14, columns: isNarrow(width) ? 2 : 0 },
  header: { labelColor: "var(--ink)", labelFontSize: 12, labelFontWeight: 600, labelAnchor: "start" },
});

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const messages = read("messages");
const say = (text, ...values) => messages[text].replace(/\{(\d)\}/g, (_, place) => values[place]);
const datasets = new Map();
const rowsOf = (name) => {
  if (!datasets.has(name)) datasets.set(name, read(`data-${name}`));
  return datasets.get(name);
};
const namesIn = (node, found = new Set()) => {
  if (node && typeof node === "object") {
    if (node.data?.name) found.add(node.data.name);
    Object.values(node).forEach((child) => namesIn(child, found));
  }
  return found;
};

// Panels cannot fill their container by themselves: as many as fit side by side, the rest below.
function fitPanels(spec, width) {
  const axis = 84;
  spec.columns = Math.max(1, Math.min(spec.columns, Math.floor(width / 260)));
  spec.spec.width = Math.floor(width / spec.columns) - axis;
}

const views = new Map();
async function draw(holder) {
  const id = holder.dataset.chart;
  const spec = read(`spec-${id}`);
  if (isNarrow(holder.clientWidth)) Object.assign(spec, spec.usermeta?.narrow);
  if (spec.facet) fitPanels(spec, holder.clientWidth);
  const own = spec.datasets ?? {};
  spec.datasets = Object.fromEntries([...namesIn(spec)].map((name) => [name, own[name] ?? rowsOf(name)]));
  views.get(id)?.finalize();
  views.set(id, await vegaEmbed(holder, spec, { actions: false, renderer: "svg", config: configFor(holder.clientWidth), ast: true, ...messages.chart_locale }));
  holder.querySelector("svg").setAttribute("aria-hidden", "true");
}

// The plurilateral what-if: which part of consumption would still rest on countries outside the agreement.
function outside(rows, members) {
  const minerals = new Map();
  for (const { mineral, supplier_iso3, share, reliance_pct } of rows) {
    const pct = members.has(supplier_iso3) ? 0 : share * reliance_pct;
    minerals.set(mineral, (minerals.get(mineral) ?? 0) + pct);
  }
  return minerals;
}
function setUpWhatIf(choices, answer) {
  const rows = rowsOf("what_if_sources");
  const before = outside(rows, new Set(["CAN", "MEX"]));
  for (const { iso3, name, invited } of rowsOf("what_if_partners")) {
    const label = document.createElement("label");
    const box = Object.assign(document.createElement("input"), { type: "checkbox", value: iso3, checked: invited });
    label.append(box, name);
    choices.append(label);
  }
  const compute = () => {
    const picked = [...choices.querySelectorAll("input:checked")].map((box) => box.value);
    const after = outside(rows, new Set(["CAN", "MEX", ...picked]));
    const result = [...before].map(([mineral, pct]) => ({ mineral, before_pct: +pct.toFixed(1), outside_pct: +after.get(mineral).toFixed(1) }));
    datasets.set("what_if_result", result);
    const above = (key) => result.filter((row) => row[key] > 50).length;
    answer.textContent = say(`With {0} ${picked.length === 1 ? "partner" : "partners"}, {1} of {2} minerals stay above 50 % dependency on countries outside; ` +
      "with Canada and Mexico alone it is {3}.", picked.length, above("outside_pct"), result.length, above("before_pct"));
  };
  choices.addEventListener("change", () => { compute(); draw(document.getElementById("chart-what_if")); });
  compute();
}

// A cell that a spreadsheet would run as a formula is led by an apostrophe.
function csv(rows) {
  const cell = (value) => {
    if (typeof value === "number") return String(value);
    const text = String(value ?? "").replace(/^(?=[=+\-@\t\r])/, "'");
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const columns = Object.keys(rows[0] ?? {});
  return [columns, ...rows.map((row) => columns.map((column) => row[column]))].map((row) => row.map(cell).join(",")).join("\r\n");
}
document.addEventListener("click", ({ target }) => {
  const name = target.dataset?.download;
  if (!name) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csv(rowsOf(name))], { type: "text/csv" }));
  link.download = `${name}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
});

// Only rows and sections with the word stay; a table with such rows opens. Rows beyond those shown are counted.
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").replaceAll("_", " ").toLowerCase();
const opened = new Map();
// A name in any of the languages stands for that of the page.
const names = messages.names.map((each) => each.map(folded));
const place = ["en", "es", "fr"].indexOf(messages.language);
function find(word) {
  const wanted = folded(word.trim());
  const alike = wanted.length < 3 ? [] : names.filter((each) => each.some((name) => name.startsWith(wanted))).map((each) => each[place]);
  const has = (text) => [wanted, ...alike].some((one) => folded(text).includes(one));
  let rows = 0, beyond = 0, sections = 0;
  for (const section of document.querySelectorAll("main > section")) {
    let hit = !wanted || has(section.querySelector(".finding")?.textContent ?? section.textContent);
    for (const table of section.querySelectorAll("details.table")) {
      let held = 0;
      for (const row of table.querySelectorAll("tbody tr")) {
        row.hidden = wanted !== "" && !has(row.textContent);
        held += row.hidden ? 0 : 1;
      }
      if (!opened.has(table)) opened.set(table, table.open);
      table.open = wanted ? held > 0 : opened.get(table);
      if (!wanted) continue;
      const all = rowsOf(table.querySelector("[data-download]").dataset.download);
      const more = all.filter((row) => has(Object.values(row).join(" "))).length;
      rows += held;
      beyond += Math.max(0, more - held);
      hit ||= held > 0 || more > 0;
    }
    section.hidden = !hit;
    const link = document.querySelector(`.contents a[href="#${section.id}"]`);
    if (link) link.parentElement.hidden = !hit;
    sections += hit ? 1 : 0;
  }
  document.getElementById("found").textContent = !wanted ? "" : !sections ? say("nothing on this page has it") :
    `${say(rows === 1 ? "{0} row" : "{0} rows", rows)} ${say(`in {0} ${sections === 1 ? "part" : "parts"} of the page`, sections)}` +
    (beyond ? `, ${say("{0} more in the downloads", beyond)}` : "");
}
document.getElementById("search").addEventListener("input", ({ target }) => find(target.value));
addEventListener("scroll", () => document.body.classList.toggle("away", scrollY > innerHeight), { passive: true });

const choices = document.getElementById("what-if-choices");
if (choices) setUpWhatIf(choices, document.getElementById("what-if-answer"));
const holders = [...document.querySelectorAll("[data-chart]")];
const drawAll = () => Promise.all(holders.map(draw));
drawAll().then(() => { document.documentElement.dataset.ready = "true"; });
let width = innerWidth;
addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; drawAll(); } });
