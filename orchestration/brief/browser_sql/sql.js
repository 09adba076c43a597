"use strict";
// DuckDB runs in a worker of this page; tables come as Parquet files from the page's folder when a statement names them.
const SHOWN = 500;
const facts = JSON.parse(document.getElementById("facts").textContent);
const at = (path) => new URL(path, document.baseURI).href;
const element = (id) => document.getElementById(id);
const statement = element("statement"), preset = element("preset"), status = element("status"), failure = element("failure");
const run = element("run"), stop = element("stop"), download = element("download"), result = element("result");

let engine = null;
async function started() {
  if (engine) return engine;
  say("Loading DuckDB, about 40 MB the first time");
  await new Promise((done, failed) => {
    if (globalThis.duckdb) return done();
    const script = document.createElement("script");
    Object.assign(script, { src: at(`${facts.engine}duckdb.js`), onload: done, onerror: () => failed(new Error("DuckDB could not be loaded.")) });
    document.head.append(script);
  });
  const parquet = await import(at(`${facts.engine}parquet.js`));
  await parquet.default();
  // a worker made from a blob keeps the page's policy: it can ask this host only
  const text = `importScripts(${JSON.stringify(at(`${facts.engine}duckdb.worker.js`))});`;
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const worker = new Worker(address);
  const database = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), worker);
  await database.instantiate(at(`${facts.engine}duckdb.wasm`));
  URL.revokeObjectURL(address);
  await database.open({ path: ":memory:", query: { castBigIntToDouble: true, castDecimalToDouble: true } });
  const connection = await database.connect();
  for (const setting of ["autoload_known_extensions", "autoinstall_known_extensions"]) await connection.query(`set ${setting} = false`);
  for (const schema of ["core", "marts", "meta"]) await connection.query(`create schema ${schema}`);
  engine = { worker, parquet, connection, held: new Set() };
  return engine;
}

// What a statement reads: tables it names, and macros it calls with all that those read, what is needed first before it.
function needs(sql, tables = new Set(), macros = new Set()) {
  for (const [name] of sql.matchAll(/\b(?:core|marts|meta)\.\w+/g)) if (name in facts.tables) tables.add(name);
  for (const [, name] of sql.matchAll(/\b(\w+)\s*\(/g)) {
    if (!(name in facts.macros) || macros.has(name)) continue;
    const within = new Set([...macros, name]);
    needs(facts.macros[name], tables, within);
    for (const inner of within) if (inner !== name) macros.add(inner);
    macros.add(name);
  }
  return { tables, macros };
}
async function load(duck, sql) {
  const { tables, macros } = needs(sql.toLowerCase().replaceAll('"', ""));
  const wanted = [...tables].filter((name) => !duck.held.has(name));
  const mb = wanted.reduce((sum, name) => sum + facts.tables[name], 0) / 1e6;
  if (wanted.length) say(`Loading ${wanted.length === 1 ? wanted[0] : `${wanted.length} tables`}, ${mb < 0.1 ? "under 0.1" : mb.toFixed(1)} MB`);
  for (const name of wanted) {
    const [schema, table] = name.split(".");
    const answer = await fetch(at(`${facts.data}${schema}/${table}.parquet`));
    if (!answer.ok) throw new Error(`${name} could not be loaded (HTTP ${answer.status}): a newer publication may be out, so reload this page.`);
    const arrow = duck.parquet.readParquet(new Uint8Array(await answer.arrayBuffer())).intoIPCStream();
    await duck.connection.insertArrowFromIPCStream(arrow, { schema, name: table, create: true });
    duck.held.add(name);
  }
  for (const name of macros) {
    if (duck.held.has(name)) continue;
    await duck.connection.query(facts.macros[name]);
    duck.held.add(name);
  }
}

const dayOf = (value) => new Date(Number(value)).toISOString().slice(0, 10);
const secondOf = (value) => new Date(Number(value)).toISOString().slice(0, 19).replace("T", " ");
function plain(value, type) {
  if (value === null || value === undefined) return null;
  if (Arrow.DataType.isDate(type)) return dayOf(value);
  if (Arrow.DataType.isTimestamp(type)) return secondOf(value);
  if (typeof value === "bigint") return Number(value);
  if (Arrow.DataType.isList(type)) return `[${[...value].map((one) => plain(one, type.children[0].type) ?? "NULL").join(", ")}]`;
  return typeof value === "object" ? JSON.stringify(value) : value;
}
function read(answer) {
  const fields = answer.schema.fields;
  const columns = fields.map((_, place) => answer.getChildAt(place));
  const rows = Array.from({ length: answer.numRows }, (_, row) => columns.map((column, place) => plain(column.get(row), fields[place].type)));
  return { names: fields.map((field) => field.name), rows };
}

let last = null;
const say = (text) => { status.textContent = text; };
// Large figures are grouped by thousands; a year is below them.
const number = (value) => Math.abs(value) >= 1e4 ? value.toLocaleString("en", { maximumFractionDigits: 0 }) : String(+value.toPrecision(6));
const text = (value) => typeof value === "number" ? number(value) : String(value ?? "");
function show({ names, rows }) {
  const head = document.createElement("tr");
  head.append(...names.map((name) => Object.assign(document.createElement("th"), { scope: "col", textContent: name.replaceAll("_", " ") })));
  element("head").replaceChildren(head);
  element("rows").replaceChildren(...rows.slice(0, SHOWN).map((row) => {
    const line = document.createElement("tr");
    line.append(...row.map((value) => {
      const cell = document.createElement("td");
      cell.textContent = text(value);
      cell.className = typeof value === "number" ? "number" : cell.textContent.length > 30 ? "wide" : "";
      return cell;
    }));
    return line;
  }));
  result.hidden = !names.length;
  download.disabled = !rows.length;
}

let turn = 0;
async function ask() {
  if (run.disabled) return;
  const mine = ++turn;
  run.disabled = true;
  stop.disabled = false;
  failure.textContent = "";
  try {
    const duck = await started();
    await load(duck, statement.value);
    if (mine !== turn) return;
    say("Running");
    const began = performance.now();
    const answer = read(await duck.connection.query(statement.value));
    if (mine !== turn) return;
    last = answer;
    show(answer);
    const count = answer.rows.length;
    say(`${count.toLocaleString("en")} ${count === 1 ? "row" : "rows"} in ${((performance.now() - began) / 1000).toFixed(2)} s` +
      (count > SHOWN ? `; the first ${SHOWN} are shown, the CSV has all` : ""));
  } catch (error) {
    if (mine !== turn) return;
    say("No answer");
    failure.textContent = String(error.message ?? error);
  } finally {
    if (mine === turn) rest();
  }
}
function rest() {
  run.disabled = false;
  stop.disabled = true;
  document.documentElement.dataset.turns = String(turn);
}
function cancel() {
  turn += 1;
  engine?.worker.terminate();
  engine = null;
  say("Stopped");
  rest();
}

// A cell that a spreadsheet would run as a formula is led by an apostrophe.
function csv({ names, rows }) {
  const cell = (value) => {
    if (typeof value === "number") return String(value);
    const plainText = String(value ?? "").replace(/^(?=[=+\-@\t\r])/, "'");
    return /[",\n\r]/.test(plainText) ? `"${plainText.replaceAll('"', '""')}"` : plainText;
  };
  return [names, ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
}
download.addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csv(last)], { type: "text/csv" }));
  link.download = "answer.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
});

function choose(number) {
  preset.value = number;
  statement.value = facts.questions[number] ?? "";
  statement.scrollTop = 0;
}
const fromAddress = () => { if (location.hash.slice(1) in facts.questions) choose(location.hash.slice(1)); };
preset.addEventListener("change", () => { choose(preset.value); history.replaceState(null, "", `#${preset.value}`); });
addEventListener("hashchange", fromAddress);
run.addEventListener("click", ask);
stop.addEventListener("click", cancel);
statement.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); ask(); }
});
choose(preset.value);
fromAddress();
if (location.protocol === "file:") {
  run.disabled = true;
  say("Browsers load DuckDB only from a web server: `minerals serve`, or any that serves this folder.");
}
