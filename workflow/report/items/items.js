// Every answer behind the report's numbers: filter, look, listen. Data come from data/index.js and data/chunk-N.js,
// scripts that call akb.index and akb.chunk, because a page that is read from a file may load no JSON.
// All texts are set as text, never as markup: a question or an answer may hold anything.
"use strict";

const akb = (() => {
  const ROW = 44; // pixels, as in items.css
  const CODES = "0123456789abcdefghijklmnopqrstuvwxyz";
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const by = (id) => document.getElementById(id);
  const FILTERS = ["way", "category", "subcategory", "backbone", "only", "find"];
  const chunks = new Map(), waiting = new Map();
  let data, ways = [], found = [], at = 0;

  // ---- data ----

  function index(given) {
    data = given;
    data.lower = data.questions.map((question) => question.toLowerCase());
    data.place = new Map(data.ids.map((id, place) => [id, place]));
    const grouped = new Map();
    data.runs.forEach((run, number) => {
      run.number = number;
      const key = wayKey(run);
      if (!grouped.has(key)) grouped.set(key, { key, ...run, runs: [] });
      grouped.get(key).runs.push(run);
    });
    const order = ["probe", "cascade", "audio"];
    ways = [...grouped.values()].sort((a, b) =>
      order.indexOf(a.setting) - order.indexOf(b.setting) || a.key.localeCompare(b.key));
    start();
  }

  function chunk(number, items) {
    chunks.set(number, items);
    (waiting.get(number) || []).forEach((done) => done());
    waiting.delete(number);
  }

  function withItem(place, done) {
    const number = Math.floor(place / data.chunk);
    const call = () => done(chunks.get(number)[place % data.chunk]);
    if (chunks.has(number)) return call();
    if (waiting.has(number)) { waiting.get(number).push(call); return; }
    waiting.set(number, [call]);
    const script = document.createElement("script");
    script.src = `data/chunk-${number}.js`;
    script.onerror = () => { waiting.delete(number); by("item").replaceChildren(made("p", "hint", `data/chunk-${number}.js is missing: build the pages again`)); };
    document.head.append(script);
  }

  const wayKey = (run) => [run.setting, run.benchmark, run.captioner || "", run.control || ""].join("/");
  const shownWay = (way) => {
    const words = { probe: "from text alone", cascade: "from captions", audio: "from sound" };
    const controls = { no_caption: "no caption", swapped_caption: "another clip's caption", no_audio: "no audio", swapped_audio: "another clip's audio", transcript_only: "transcript only" };
    const evidence = way.captioner && way.captioner !== "none" ? ` (${way.captioner})` : "";
    const control = way.control ? `, control: ${controls[way.control] || way.control.replaceAll("_", " ")}` : "";
    return `${way.benchmark}, ${words[way.setting] || way.setting}${evidence}${control}`;
  };
  const name = (backbone) => data.names[backbone] || backbone;

  // A letter of a run's answers as what it means: right, wrong, unread, or "" where the item was not asked.
  function outcome(run, place) {
    const code = run.answers[place];
    if (code === "-") return "";
    if (code === "?" || code === "=") return "unread";
    return code === data.right[place] ? "right" : "wrong";
  }

  // ---- filters ----

  function start() {
    choices(by("way"), ways.map((way) => [way.key, shownWay(way)]));
    choices(by("backbone"), [["", "all"], ...[...new Set(data.runs.map((run) => run.backbone))].map((key) => [key, name(key)])]);
    readAddress();
    for (const id of FILTERS) by(id).addEventListener(id === "find" ? "input" : "change", () => changed(id));
    by("filters").addEventListener("submit", (event) => event.preventDefault());
    by("list").addEventListener("scroll", draw, { passive: true });
    by("list").addEventListener("keydown", move);
    by("rows").addEventListener("click", (event) => {
      const row = event.target.closest(".row");
      if (row) choose(Number(row.dataset.at), true);
    });
    document.addEventListener("keydown", anywhere);
    addEventListener("resize", draw);
    addEventListener("hashchange", () => { if (location.hash.slice(1) !== address()) { readAddress(); } });
  }

  function changed(id) {
    if (id === "way") { narrowed(); }
    if (id === "category") by("subcategory").value = "";
    at = 0;
    apply();
    history.replaceState(null, "", "#" + address());
  }

  // The kinds and categories of the benchmark that is looked at.
  function narrowed(category = "", subcategory = "") {
    const way = current(), benchmark = data.benchmark.values.indexOf(way.benchmark);
    for (const [key, wanted] of [["category", category], ["subcategory", subcategory]]) {
      const seen = new Set();
      data[key].of.forEach((value, place) => { if (data.benchmark.of[place] === benchmark) seen.add(data[key].values[value]); });
      choices(by(key), [["", "all"], ...[...seen].filter(Boolean).sort().map((value) => [value, value])]);
      by(key).value = seen.has(wanted) ? wanted : "";
    }
  }

  const current = () => ways.find((way) => way.key === by("way").value) || ways[0];

  // The same backbone, benchmark and setting without the evidence: what the control of a way is.
  function control(way) {
    const wanted = { cascade: "no_caption", audio: "no_audio" }[way.setting];
    return wanted && !way.control ? ways.find((other) => other.setting === way.setting && other.benchmark === way.benchmark && other.control === wanted) : undefined;
  }

  function apply() {
    const way = current(), backbone = by("backbone").value, only = by("only").value;
    const category = by("category").value, subcategory = by("subcategory").value, words = by("find").value.trim().toLowerCase();
    const benchmark = data.benchmark.values.indexOf(way.benchmark);
    const runs = backbone ? way.runs.filter((run) => run.backbone === backbone) : way.runs;
    const other = control(way);
    const without = new Map((other ? other.runs : []).map((run) => [run.backbone, run]));
    const keep = {
      "": () => true,
      right: (place) => runs.some((run) => outcome(run, place) === "right"),
      wrong: (place) => runs.some((run) => outcome(run, place) === "wrong"),
      unread: (place) => runs.some((run) => outcome(run, place) === "unread"),
      apart: (place) => new Set(way.runs.map((run) => run.answers[place])).size > 1,
      lost: (place) => runs.some((run) => without.has(run.backbone) && outcome(run, place) === "right" && outcome(without.get(run.backbone), place) !== "right"),
      misled: (place) => runs.some((run) => without.has(run.backbone) && outcome(run, place) !== "right" && outcome(without.get(run.backbone), place) === "right"),
    }[only];
    found = [];
    for (let place = 0; place < data.ids.length; place++) {
      if (data.benchmark.of[place] !== benchmark) continue;
      if (category && data.category.values[data.category.of[place]] !== category) continue;
      if (subcategory && data.subcategory.values[data.subcategory.of[place]] !== subcategory) continue;
      if (words && !data.lower[place].includes(words) && !data.ids[place].startsWith(words)) continue;
      if (runs.every((run) => run.answers[place] === "-") || !keep(place)) continue;
      found.push(place);
    }
    by("tall").style.height = `${found.length * ROW}px`;
    by("count").textContent = counted(runs, only, other);
    at = Math.min(at, Math.max(found.length - 1, 0));
    by("list").scrollTop = 0;
    draw();
  }

  function counted(runs, only, other) {
    if ((only === "lost" || only === "misled") && !other) return "This way of asking has no control without the evidence.";
    const told = runs.map((run) => `${name(run.backbone)} ${found.filter((place) => outcome(run, place) === "right").length} right`);
    return `${found.length} question${found.length === 1 ? "" : "s"}` + (found.length && runs.length <= 6 ? `: ${told.join(", ")}` : "");
  }

  // ---- the list ----

  function draw() {
    const list = by("list"), first = Math.max(Math.floor(list.scrollTop / ROW) - 4, 0);
    const last = Math.min(first + Math.ceil(list.clientHeight / ROW) + 8, found.length);
    const backbone = by("backbone").value, way = current();
    const runs = (backbone ? way.runs.filter((run) => run.backbone === backbone) : way.runs).slice(0, 24);
    const crowded = runs.length * 22 > list.clientWidth * 0.55; // then a count in place of a letter each
    const rows = [];
    for (let number = first; number < last; number++) {
      const place = found[number], row = made("div", "row"), marks = made("span", "marks");
      row.setAttribute("role", "option");
      row.id = `row-${number}`;
      row.dataset.at = number;
      row.setAttribute("aria-selected", String(number === at));
      row.append(made("span", "text", data.questions[place]), marks);
      if (crowded) marks.append(made("span", "tally", `${runs.filter((run) => outcome(run, place) === "right").length} of ${runs.length}`));
      else for (const run of runs) {
        const result = outcome(run, place), code = run.answers[place];
        const mark = made("span", `mark ${result}`, result === "unread" ? code : result === "" ? "·" : LETTERS[CODES.indexOf(code)]);
        mark.title = `${name(run.backbone)}: ${result || "not asked"}`;
        marks.append(mark);
      }
      rows.push(row);
    }
    by("rows").style.transform = `translateY(${first * ROW}px)`;
    by("rows").replaceChildren(...rows);
    const chosen = by(`row-${at}`);
    if (chosen) list.setAttribute("aria-activedescendant", chosen.id); else list.removeAttribute("aria-activedescendant");
  }

  function choose(number, open) {
    if (!found.length) return;
    at = Math.max(0, Math.min(number, found.length - 1));
    const list = by("list"), top = at * ROW;
    if (top < list.scrollTop) list.scrollTop = top;
    if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
    draw();
    if (open) show(found[at]);
  }

  function move(event) {
    const page = Math.max(1, Math.floor(by("list").clientHeight / ROW) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in steps && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      choose(Math.max(0, Math.min(at + steps[event.key], found.length - 1)), true);
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(at, true);
      by("item").focus();
    }
  }

  function anywhere(event) {
    const typing = event.target.matches("input, select");
    if (event.key === "/" && !typing) { event.preventDefault(); by("find").focus(); }
    if (event.key === "Escape") by("list").focus();
  }

  // ---- one item ----

  function show(place) {
    history.replaceState(null, "", "#" + address(data.ids[place]));
    withItem(place, (item) => {
      if (found[at] !== place) return; // another was chosen meanwhile
      const parts = [made("p", "where", [data.category.values[data.category.of[place]], data.subcategory.values[data.subcategory.of[place]]].filter(Boolean).join(" · ") + ` · ${item.id}`), made("h2", "", data.questions[place])];
      const options = made("ol", "options");
      item.options.forEach((option, number) => {
        const line = made("li", number === item.right ? "key" : "", option);
        line.dataset.letter = LETTERS[number];
        options.append(line);
      });
      parts.push(options);
      if (item.clip) parts.push(player(item.clip));
      for (const [captioner, text] of Object.entries(item.captions)) {
        const details = made("details"), way = current();
        details.open = captioner === way.captioner;
        details.append(made("summary", "", `What ${captioner} says of the clip`), made("pre", "", text));
        parts.push(details);
      }
      parts.push(answersTable(item));
      parts.push(made("p", "source", `Source: ${item.source || "not given"}${item.verification && item.verification !== "none" ? `; verified by ${item.verification}` : ""}${item.labels && item.labels !== "{}" ? `; labels ${item.labels}` : ""}`));
      by("item").replaceChildren(...parts);
      by("item").scrollTop = 0;
    });
  }

  function player(path) {
    const audio = made("audio");
    audio.controls = true;
    audio.preload = "none";
    audio.src = path;
    audio.setAttribute("aria-label", "The clip");
    return audio;
  }

  function answersTable(item) {
    const scroll = made("div", "scroll"), table = made("table"), head = made("tr"), body = made("tbody"), backbone = by("backbone").value;
    table.append(made("caption", "", "What each backbone answered"));
    for (const word of ["backbone", "asked", "answer", "in its own words, or log-probability of each option"]) {
      const cell = made("th", "", word);
      cell.scope = "col";
      head.append(cell);
    }
    const thead = made("thead");
    thead.append(head);
    for (const [number, rotation, mode, answer, invalid, text, logprobs, tokens] of item.given) {
      const run = data.runs[number];
      if (backbone && run.backbone !== backbone) continue;
      const row = made("tr"), result = invalid ? "unread" : answer === item.right ? "right" : answer === null ? "unread" : "wrong";
      const told = answer === null ? (invalid || "tied").replaceAll("_", " ") : `${LETTERS[answer]} ${result === "right" ? "✓" : "✗"}`;
      row.append(made("td", "", name(run.backbone)), made("td", "", shownWay(run).replace(`${run.benchmark}, `, "") + (rotation ? `, order ${rotation + 1}` : "")), made("td", result, told));
      const words = made("td");
      if (logprobs) words.append(...logprobs.map((value, place) => made("span", "logprob", `${LETTERS[place]} ${value.toFixed(2)}`)));
      else if (text !== null && text !== undefined) words.append(made("pre", "", text || "(nothing)"));
      if (invalid) words.append(made("p", "source", `not read: ${invalid.replaceAll("_", " ")}, ${tokens} tokens`));
      row.append(words);
      body.append(row);
    }
    table.append(thead, body);
    scroll.append(table);
    return scroll;
  }

  // ---- the address: #setting=audio&benchmark=mini&backbone=m&only=wrong&item=… ----

  function address(item) {
    const way = current(), parts = new URLSearchParams();
    for (const key of ["setting", "benchmark", "captioner", "control"]) if (way[key]) parts.set(key, way[key]);
    for (const id of FILTERS.slice(1)) if (by(id).value) parts.set(id, by(id).value);
    if (item) parts.set("item", item);
    return parts.toString();
  }

  function readAddress() {
    const parts = new URLSearchParams(location.hash.slice(1));
    const place = data.place.get(parts.get("item"));
    const benchmark = parts.get("benchmark") || (place === undefined ? "" : data.benchmark.values[data.benchmark.of[place]]);
    const fits = (way, key) => (parts.get(key) || "") === (way[key] || "");
    const way = ways.find((each) => fits(each, "setting") && each.benchmark === benchmark && fits(each, "captioner") && fits(each, "control"))
      || ways.find((each) => each.benchmark === benchmark) || ways[0];
    by("way").value = way.key;
    narrowed(parts.get("category") || "", parts.get("subcategory") || "");
    for (const id of ["backbone", "only"]) {
      by(id).value = parts.get(id) || "";
      if (by(id).selectedIndex < 0) by(id).value = "";
    }
    by("find").value = parts.get("find") || "";
    apply();
    const number = place === undefined ? -1 : found.indexOf(place);
    if (number >= 0) choose(number, true);
  }

  function choices(select, pairs) {
    select.replaceChildren(...pairs.map(([value, text]) => {
      const option = made("option", "", text);
      option.value = value;
      return option;
    }));
  }

  function made(tag, classes = "", text) {
    const element = document.createElement(tag);
    if (classes) element.className = classes;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  return { index, chunk };
})();
