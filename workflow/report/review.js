// The review page: one question at a time, the key hidden until an answer is chosen, everything from the keyboard.
// Texts of questions are data: they reach the page through textContent and value alone. Nothing is loaded or sent.
"use strict";

const DATA = JSON.parse(document.getElementById("data").textContent);
const EDITOR = DATA.mode === "editor";
const VERDICTS = { a: "accept", e: "edit", x: "reject" };
const DIFFICULTIES = ["", "easy", "medium", "hard"];
const FIELDS = ["reason", "comment", "new_question", "new_answer", "new_distractors"];
const byHash = new Map(DATA.items.map((item) => [item.hash, item]));
const $ = (id) => document.getElementById(id);

/** An element with properties, attributes (those with a dash or of ARIA) and children; texts stay texts. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-") || key === "role") element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children);
  return element;
}

// ---- What was decided: by content hash, kept in this browser at every change -------------------------------------

const PREFIX = `akb-review/${DATA.benchmark}/${EDITOR ? "editor" : DATA.reviewer.toLowerCase()}/`;
const decisions = new Map(); // hash -> decision; those of other versions of the questions too
const undone = []; // [hash, what was there before, where the reviewer was]
let kept = true; // whether this browser keeps anything

function store(key, value) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, value);
  } catch {
    if (kept) warn();
    kept = false;
  }
}

function recall() {
  try {
    localStorage.setItem(PREFIX + "probe", "1");
    localStorage.removeItem(PREFIX + "probe");
    for (let i = 0; i < localStorage.length; i++) {
      const key = localStorage.key(i);
      if (!key.startsWith(PREFIX + "q")) continue;
      try {
        decisions.set(key.slice(PREFIX.length), JSON.parse(localStorage.getItem(key)));
      } catch {
        // An entry that something else has spoilt is no reason to stop.
      }
    }
    return localStorage.getItem(PREFIX + "unsaved") === "1";
  } catch {
    kept = false;
    warn();
    return false;
  }
}

function warn() {
  $("storage").hidden = false;
}

const empty = () => ({ answer: "", verdict: "", reason: "", comment: "", difficulty: "", flagged: "", new_question: "", new_answer: "", new_distractors: "", seconds: 0, time: "" });
const of = (item) => decisions.get(item.hash) || empty();
const answered = (item) => EDITOR || of(item).answer !== "";
const texts = (decision) => ["new_question", "new_answer", "new_distractors"].some((field) => decision[field].trim());
const finished = (decision) => decision.verdict !== "" && (decision.verdict !== "edit" || texts(decision));

function change(item, changes, remember = true) {
  const before = decisions.get(item.hash);
  if (remember) undone.push([item.hash, before, shown]);
  const now = { ...of(item), ...changes, time: new Date().toISOString() };
  decisions.set(item.hash, now);
  store(item.hash, JSON.stringify(now));
  setUnsaved(true);
  count(before, now);
}

function undo() {
  const last = undone.pop();
  if (!last) return say("Nothing to undo.");
  const [hash, before, place] = last;
  count(decisions.get(hash), before);
  if (before) decisions.set(hash, before);
  else decisions.delete(hash);
  store(hash, before ? JSON.stringify(before) : null);
  setUnsaved(true);
  show(place, false);
  say("Undone.");
}

let unsaved = false;
function setUnsaved(value) {
  if (unsaved !== value) store("unsaved", value ? "1" : null);
  unsaved = value;
  $("save").classList.toggle("unsaved", value);
}

// ---- Where we are: the questions that the filter lets through, and the one that is shown ---------------------------

let list = DATA.items;
let shown = DATA.items[0];
let since = performance.now(); // when the question that is shown came into sight
const done = { n: 0, seconds: [] };

function count(before, after) {
  done.n += (after && finished(after) ? 1 : 0) - (before && finished(before) ? 1 : 0);
}

const STATES = {
  all: () => true,
  open: (item) => !finished(of(item)),
  decided: (item) => finished(of(item)),
  accept: (item) => of(item).verdict === "accept",
  edit: (item) => of(item).verdict === "edit",
  reject: (item) => of(item).verdict === "reject",
  flagged: (item) => of(item).flagged === "yes",
  differs: (item) => of(item).answer !== "" && of(item).answer !== item.options[item.key],
};

function filter() {
  const part = $("part").value;
  const state = STATES[$("state").value];
  const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  list = DATA.items.filter((item) => {
    if (part && item.subcategory !== part) return false;
    if (words.length) {
      item.text ||= [item.name, item.question, ...item.options].join(" ").toLowerCase();
      if (!words.every((word) => item.text.includes(word))) return false;
    }
    return state(item);
  });
  if (list.length && !list.includes(shown)) show(list[0]);
  else place();
}

function step(by) {
  if (!list.length) return say("No question passes the filter.");
  const at = list.indexOf(shown);
  const next = list[(at + by + list.length) % list.length];
  show(next);
}

/** The next question without a verdict, in the filter's order; else the next one. */
function onwards() {
  const at = list.indexOf(shown);
  for (let i = 1; i <= list.length; i++) {
    const item = list[(at + i) % list.length];
    if (!finished(of(item)) && item !== shown) return show(item);
  }
  step(1);
  if (list.length) say(finished(of(shown)) ? "Every question of this filter is decided. Save your decisions." : "");
}

// ---- What is shown -------------------------------------------------------------------------------------------------

function say(text) {
  $("said").textContent = text;
}

function show(item, focus = true) {
  const moved = item !== shown;
  shown = item;
  if (moved || !item) since = performance.now();
  if (!item) return;
  $("where").textContent = [item.category, item.subcategory.replaceAll("_", " ")].filter(Boolean).join(" · ");
  $("question").textContent = item.question;
  $("player").replaceChildren(...(item.clip ? [make("audio", { controls: true, src: item.clip, preload: "metadata" })] : []));
  draw();
  if (focus) {
    window.scrollTo(0, 0);
    $("question").focus({ preventScroll: true });
  }
}

function draw() {
  const decision = of(shown);
  const open = answered(shown);
  $("options").replaceChildren(...shown.options.map((text, i) => option(text, i, decision, open)));
  $("hint").hidden = open;
  $("judgement").hidden = !open;
  $("flag").setAttribute("aria-pressed", String(decision.flagged === "yes"));
  if (open) {
    reveal();
    for (const [key, verdict] of Object.entries(VERDICTS)) {
      $(`verdict-${verdict}`).setAttribute("aria-pressed", String(decision.verdict === verdict));
    }
    $("edit").hidden = decision.verdict !== "edit";
    for (const field of FIELDS) $(field).value = field.startsWith("new_") ? decision[field] || was(field) : decision[field];
    $("difficulty").value = decision.difficulty;
    $("wanting").textContent =
      decision.verdict === "edit" && !texts(decision) ? "Change a text below: an edit without one is not counted."
      : decision.verdict === "reject" && !decision.reason.trim() ? "Say why, so that others can weigh it."
      : "";
  }
  place();
}

/** The text that a field of an edit starts from. */
function was(field) {
  const right = shown.options[shown.key];
  if (field === "new_question") return shown.question;
  return field === "new_answer" ? right : shown.options.filter((_, i) => i !== shown.key).join("\n");
}

function option(text, i, decision, open) {
  const right = open && i === shown.key;
  const mine = decision.answer === text;
  const note = !open ? "" : right && mine ? "your answer, and the key" : right ? "the key" : mine ? "your answer" : "";
  const parts = [make("span", { className: "text", textContent: text })];
  if (note) parts.push(make("span", { className: "note", textContent: note }));
  const looks = ["option", right && "right", open && mine && !right && "wrong"].filter(Boolean).join(" ");
  if (EDITOR) return make("li", {}, make("div", { className: `${looks} plain` }, ...parts));
  const button = make("button", { type: "button", className: looks, "aria-pressed": String(mine) }, make("kbd", { textContent: (i + 1) % 10 }), ...parts);
  button.addEventListener("click", () => choose(i));
  return make("li", {}, button);
}

function choose(i) {
  if (EDITOR) return takeOver(i);
  if (i >= shown.options.length) return;
  if (answered(shown)) return say("Your answer stands: undo (U) takes it back.");
  const seconds = Math.round(Math.min((performance.now() - since) / 1000, 600) * 10) / 10;
  change(shown, { answer: shown.options[i], seconds });
  draw();
  say(i === shown.key ? "As the key says." : `The key is another: ${shown.options[shown.key]}`);
}

const ROWS = [["rationale", "Why"], ["proof", "Proof"], ["source", "Source"], ["flags", "Flags"], ["near", "Near-duplicates"], ["why", "Waits because"]];

function reveal() {
  const rows = ROWS.flatMap(([key, label]) => {
    const found = [shown[key] || []].flat().filter(Boolean);
    return found.length ? [make("dt", { textContent: label }), ...found.map((text) => make("dd", { textContent: text, className: key }))] : [];
  });
  $("facts").replaceChildren(...rows);
  $("opinions").replaceChildren(...(shown.opinions || []).map(opinion));
}

function opinion(one, i) {
  const lines = [["Answered", one.answer], ["Reason", one.reason], ["Comment", one.comment], ["New stem", one.new_question], ["New answer", one.new_answer], ["New wrong options", one.new_distractors]];
  return make(
    "li",
    {},
    make("h3", {}, make("kbd", { textContent: i + 1 }), make("span", { textContent: `${one.reviewer}: ${one.verdict}` })),
    ...lines.filter(([, text]) => text).map(([label, text]) => make("p", {}, make("b", { textContent: `${label} ` }), make("span", { textContent: text }))),
  );
}

/** The editor takes over what a reviewer said. */
function takeOver(i) {
  const one = (shown.opinions || [])[i];
  if (!one) return;
  const { verdict, new_question, new_answer, new_distractors, reason } = one;
  change(shown, { verdict, new_question, new_answer, new_distractors, reason: of(shown).reason || reason });
  draw();
  say(`As ${one.reviewer} says: ${verdict}.`);
}

function judge(verdict) {
  if (!answered(shown)) return say("Choose an answer first: the key is shown then.");
  const spent = of(shown).spent || Math.round(Math.min((performance.now() - since) / 1000, 600));
  change(shown, { verdict: of(shown).verdict === verdict ? "" : verdict, spent });
  draw();
  say(of(shown).verdict ? `${verdict[0].toUpperCase()}${verdict.slice(1)}.` : "Verdict taken back.");
  if (of(shown).verdict === "edit") $("new_question").focus();
  if (of(shown).verdict === "reject" && !EDITOR) $("reason").focus();
}

function flag() {
  change(shown, { flagged: of(shown).flagged ? "" : "yes" });
  draw();
  say(of(shown).flagged ? "Flagged." : "No longer flagged.");
}

function place() {
  const at = list.indexOf(shown);
  $("place").textContent = list.length ? `${at < 0 ? "–" : at + 1} of ${list.length}` : "none";
  const all = DATA.items.length;
  const left = all - done.n;
  const pace = decisions.size ? median([...decisions.values()].map((d) => d.spent || d.seconds).filter((s) => s > 0)) : 0;
  const minutes = Math.ceil((left * pace) / 60);
  $("progress").max = all || 1;
  $("progress").value = done.n;
  $("done").textContent = `${done.n} of ${all} decided` + (left && pace && !EDITOR ? ` · about ${minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`} left` : "");
}

function median(numbers) {
  const sorted = numbers.sort((a, b) => a - b);
  return sorted.length ? sorted[sorted.length >> 1] : 0;
}

// ---- Files: decisions out and in, as CSV that no spreadsheet takes for formulas -------------------------------------

const FORMULA = /^'*[=+\-@\t\r]/;
const safe = (text) => (FORMULA.test(text) ? `'${text}` : text);
const plain = (text) => (text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text);
const quoted = (text) => (/[",;\t\n\r]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function csv() {
  const who = EDITOR ? $("editor").value.trim() : DATA.reviewer;
  const rows = [...decisions].map(([hash, d]) => {
    const item = byHash.get(hash);
    const verdict = finished(d) ? d.verdict : "";
    const row = { ...d, name: item ? item.name : d.name || "", content_hash: hash, reviewer: who, verdict };
    if (verdict !== "edit") row.new_question = row.new_answer = row.new_distractors = "";
    row.seconds = d.seconds ? String(d.seconds) : "";
    return DATA.columns.map((column) => quoted(safe(row[column] || ""))).join(",");
  });
  return "\ufeff" + [DATA.columns.join(","), ...rows].join("\n") + "\n";
}

function save() {
  if (EDITOR && !$("editor").value.trim()) {
    $("editor").focus();
    return say("Write your name first, or a pseudonym: it stands beside each decision.");
  }
  const url = URL.createObjectURL(new Blob([csv()], { type: "text/csv;charset=utf-8" }));
  const name = EDITOR ? "adjudications" : DATA.reviewer.replace(/[^\p{L}\p{N}._-]+/gu, "-");
  const link = make("a", { href: url, download: `${name}.csv` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
  setUnsaved(false);
  say(`${done.n} decisions saved as ${name}.csv. Send that file to the editor.`);
}

/** The records of a CSV text, whichever of , ; and tab parts its cells. */
function records(text) {
  text = text.replace(/^\ufeff/, "");
  const first = text.slice(0, text.indexOf("\n") >>> 0);
  const sign = [",", ";", "\t"].reduce((best, s) => (first.split(s).length > first.split(best).length ? s : best));
  const rows = [[""]];
  let inside = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    const row = rows[rows.length - 1];
    if (inside) {
      if (c !== '"') row[row.length - 1] += c;
      else if (text[i + 1] === '"') row[row.length - 1] += text[++i];
      else inside = false;
    } else if (c === '"') inside = true;
    else if (c === sign) row.push("");
    else if (c === "\n") rows.push([""]);
    else if (c !== "\r") row[row.length - 1] += c;
  }
  const [head, ...body] = rows;
  return body.filter((row) => row.some(Boolean)).map((row) => Object.fromEntries(head.map((column, i) => [column.trim(), plain(row[i] || "")])));
}

async function load(file) {
  const rows = records(await file.text());
  if (!rows.length || !("content_hash" in rows[0]) || !("verdict" in rows[0])) return say(`${file.name} is no decisions file.`);
  const others = rows.filter((row) => !EDITOR && row.reviewer.trim().toLowerCase() !== DATA.reviewer.toLowerCase());
  const gone = [];
  let taken = 0;
  for (const row of rows) {
    if (others.includes(row)) continue;
    const hash = /^[0-9a-f]{16}$/.test(row.content_hash) ? `q${row.content_hash}` : row.content_hash;
    const before = decisions.get(hash);
    if (!/^q[0-9a-f]{16}$/.test(hash) || (before && before.time >= (row.time || ""))) continue;
    const now = { ...empty(), name: row.name, time: row.time || "", seconds: Number((row.seconds || "0").replace(",", ".")) || 0 };
    for (const field of ["answer", "verdict", "difficulty", "flagged", ...FIELDS]) now[field] = row[field] || "";
    if (!["", "accept", "edit", "reject"].includes(now.verdict) || !DIFFICULTIES.includes(now.difficulty)) continue;
    decisions.set(hash, now);
    store(hash, JSON.stringify(now));
    if (byHash.has(hash)) count(before, now), taken++;
    else gone.push(row);
  }
  setUnsaved(true);
  $("gone").hidden = !gone.length;
  $("gone-list").replaceChildren(...gone.map((row) => make("li", { textContent: [row.name, row.verdict, row.reason].filter(Boolean).join(" – ") })));
  filter();
  draw();
  const said = [`${taken} decisions taken from ${file.name}`];
  if (gone.length) said.push(`${gone.length} are about texts that are not in this page: they are listed below, and kept`);
  if (others.length) said.push(`${others.length} are another person's and were left out`);
  say(said.join("; ") + ".");
}

// ---- Keys -----------------------------------------------------------------------------------------------------------

const KEYS = {
  ...Object.fromEntries(Object.entries(VERDICTS).map(([key, verdict]) => [key, () => judge(verdict)])),
  Enter: onwards, n: () => step(1), ArrowRight: () => step(1), p: () => step(-1), ArrowLeft: () => step(-1),
  u: undo, f: flag, s: save, "?": () => $("help").showModal(), "/": () => $("search").focus(),
  c: () => answered(shown) && $("comment").focus(), r: () => answered(shown) && $("reason").focus(),
  d: () => answered(shown) && grade(DIFFICULTIES[(DIFFICULTIES.indexOf(of(shown).difficulty) + 1) % 4]),
  " ": play,
};

function grade(difficulty) {
  change(shown, { difficulty });
  draw();
  say(difficulty ? `Difficulty: ${difficulty}.` : "No difficulty.");
}

function play() {
  const audio = $("player").querySelector("audio");
  if (audio) audio.paused ? audio.play() : audio.pause();
}

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("input, textarea, select");
  if ($("help").open) return;
  if (field) {
    if (event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey || event.target.tagName === "INPUT"))) {
      event.preventDefault();
      field.blur();
      $("question").focus({ preventScroll: true });
      if (event.ctrlKey || event.metaKey) onwards();
    }
    return;
  }
  if (event.altKey || ((event.ctrlKey || event.metaKey) && event.key !== "z") || !shown) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (/^[0-9]$/.test(key)) choose((Number(key) + 9) % 10);
  else if (key === "z" && (event.ctrlKey || event.metaKey)) undo();
  else if (KEYS[key] && !((key === "Enter" || key === " ") && event.target.closest("button, summary, audio, a"))) KEYS[key]();
  else return;
  event.preventDefault();
});

// ---- The beginning --------------------------------------------------------------------------------------------------

for (const field of FIELDS) {
  let before = null; // one step back for all that is typed at one visit
  $(field).addEventListener("focus", () => (before = [shown.hash, decisions.get(shown.hash), shown]));
  $(field).addEventListener("input", () => {
    if (before) undone.push(before);
    before = null;
    const value = $(field).value;
    change(shown, { [field]: field.startsWith("new_") && value.trim() === was(field).trim() ? "" : value }, false);
    place();
  });
  $(field).addEventListener("blur", () => answered(shown) && draw());
}
$("difficulty").addEventListener("change", () => grade($("difficulty").value));
for (const verdict of Object.values(VERDICTS)) $(`verdict-${verdict}`).addEventListener("click", () => judge(verdict));
for (const [id, act] of Object.entries({ next: () => step(1), previous: () => step(-1), undo, flag, save })) $(id).addEventListener("click", act);
$("open").addEventListener("click", () => $("file").click());
$("file").addEventListener("change", async () => {
  for (const file of $("file").files) await load(file);
  $("file").value = "";
});
$("keys").addEventListener("click", () => $("help").showModal());
for (const id of ["part", "state"]) $(id).addEventListener("change", filter);
$("search").addEventListener("input", filter);
if (EDITOR) $("editor").addEventListener("input", () => store("name", $("editor").value));
window.addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});

const parts = [...new Set(DATA.items.map((item) => item.subcategory))];
$("part").append(...parts.map((name) => make("option", { value: name, textContent: name.replaceAll("_", " ") })));
unsaved = recall();
$("save").classList.toggle("unsaved", unsaved);
for (const [hash, d] of decisions) if (byHash.has(hash)) count(null, d);
if (EDITOR && kept) $("editor").value = localStorage.getItem(PREFIX + "name") || "";
$("none").hidden = DATA.items.length > 0;
$("item").hidden = !DATA.items.length;
if (shown) show(DATA.items.find((item) => !finished(of(item))) || shown);
