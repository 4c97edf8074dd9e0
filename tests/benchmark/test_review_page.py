"""The review page in a real browser: by keyboard alone, nothing lost, nothing run, and its file merges as it is.

All reviewers, questions and verdicts here are made up for the tests.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from browser import slowness

from akb.benchmark.agreement import agreement, by_category
from akb.benchmark.answers import answered, blind_accuracy, statuses
from akb.benchmark.assignment import assign
from akb.benchmark.audit import audit
from akb.benchmark.candidates import Candidate
from akb.benchmark.decision_files import read_decisions
from akb.benchmark.editing import overview, waiting
from akb.benchmark.merging import CONTRADICTED, Merged, MergeRules, merge
from akb.benchmark.review import Decision
from akb.benchmark.review_page import Parts, editor_page, entry, opinion_entry, reviewer_page
from akb.benchmark.selection import Limits, select
from akb.benchmark.taxonomy import Subcategory
from akb.tables import CLUSTERS, FLAGS, STATUSES, frame_of

pytestmark = pytest.mark.slow

PARTS = Parts.read(Path(__file__).parents[2] / "workflow/report")
TAXONOMY = {
    "rhyme": Subcategory("rhyme", "Phonetic", 30, "Which words rhyme."),
    "animals": Subcategory("animals", "Sound", 20, "How animals sound."),
}


def candidate(number: int, **changes: Any) -> Candidate:
    fields = {
        "subcategory": "rhyme" if number % 5 < 3 else "animals",
        "question": f"Test question {number}: which word is right?",
        "answer": f"right {number}",
        "distractors": (f"left {number}", f"up {number}", f"down {number}"),
        "template": f"test/{number}",
        "source": "made up",
        "rationale": "It is plain.",
        "given_name": f"test-{number:04}",
    }
    return Candidate(**{**fields, **changes})


def write(folder: Path, who: str, candidates: list[Candidate], **more: Any) -> Path:
    path = folder / f"{who}.html"
    entries = [{**entry(c, TAXONOMY[c.subcategory].category, [], [], who), **more} for c in candidates]
    path.write_text(reviewer_page(PARTS, "test", who, entries), encoding="utf-8")
    return path


class Desk:
    """A person at the page, who has a keyboard and nothing else."""

    def __init__(self, context: Any, path: Path) -> None:
        self.context, self.path = context, path
        self.faults: list[str] = []
        self.open()

    def open(self) -> None:
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        self.page.goto(self.path.as_uri())

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def text(self, selector: str) -> str:
        return str(self.page.text_content(selector))

    def options(self) -> list[str]:
        return [str(text) for text in self.page.locator(".option .text").all_text_contents()]

    def answer(self, text: str) -> None:
        self.press(str(self.options().index(text) + 1))

    def number(self) -> int:
        found = re.search(r"question (\d+)", self.text("#question"))
        assert found
        return int(found[1])

    def save(self, folder: Path) -> Path:
        with self.page.expect_download() as waiting_for:
            self.press("s")
        path = folder / waiting_for.value.suggested_filename
        waiting_for.value.save_as(path)
        return path


@pytest.fixture
def context(browser: Any) -> Any:
    made = browser.new_context(accept_downloads=True)
    yield made
    made.close()


# What two made-up people do with each question: ann errs on every tenth, bea on every seventh.
def plan(who: str, number: int) -> tuple[str, str]:
    wrong = number % (10 if who == "ann" else 7) == 3
    verdict = "x" if number % (9 if who == "ann" else 8) == 4 else "a"
    return (f"left {number}" if wrong else f"right {number}"), verdict


def sit(desk: Desk, who: str, times: int) -> None:
    for _ in range(times):
        answer, verdict = plan(who, desk.number())
        desk.answer(answer)
        desk.press(verdict)
        if verdict == "x":
            desk.page.keyboard.type("odd, “so”")
            desk.press("Escape")
        desk.press("Enter")


def alpha(items: list[list[str]]) -> float:
    """Krippendorff's nominal alpha straight from its definition."""
    pairable = [v for v in items if len(v) > 1]
    n = sum(map(len, pairable))
    observed = sum(2 * sum(a != b for a, b in combinations(v, 2)) / (len(v) - 1) for v in pairable) / n
    totals = Counter(x for v in pairable for x in v)
    return 1 - observed / (sum(totals[a] * totals[b] for a in totals for b in totals if a != b) / (n * (n - 1)))


def test_fifty_questions_by_keyboard_with_a_break_come_back_whole(context: Any, tmp_path: Path) -> None:
    candidates = [candidate(i) for i in range(50)]
    files = []
    for who in ("ann", "bea"):
        desk = Desk(context, write(tmp_path, who, candidates))
        sit(desk, who, 20)
        desk.page.close()
        desk.open()
        assert "20 of 50 decided" in desk.text("#done")
        sit(desk, who, 30)
        assert "50 of 50 decided" in desk.text("#done")
        files.append(desk.save(tmp_path))
        assert desk.faults == []
    assert [f.name for f in files] == ["ann.csv", "bea.csv"]
    read = read_decisions(files)
    assert [file.notes + file.ignored for file in read] == [[], []]
    merged = merge(candidates, [d for file in read for d in file.decisions], [], MergeRules(minimum=2))
    assert merged.stale == []
    for c in candidates:
        number = int(c.name[-4:])
        found = {d.reviewer: (d.answer, d.verdict, d.reason) for d in merged.decisions[c.name]}
        for who in ("ann", "bea"):
            answer, key = plan(who, number)
            assert found[who] == (answer, *(("reject", "odd, “so”") if key == "x" else ("accept", "")))
    for gathered in (
        by_category(merged.decisions, candidates, TAXONOMY),
        answered(merged.decisions, candidates, TAXONOMY),
    ):
        for row in agreement(gathered):
            assert row.alpha == pytest.approx(alpha(gathered[row.category]), abs=1e-9)
    accuracy = {
        r["reviewer"]: r["right"]
        for r in blind_accuracy(merged.decisions, candidates, TAXONOMY).iter_rows(named=True)
        if r["category"] == "all"
    }
    assert accuracy == {who: sum(plan(who, i)[0].startswith("right") for i in range(50)) for who in ("ann", "bea")}


def test_the_key_is_hidden_until_an_answer_is_chosen_and_the_answer_stands(context: Any, tmp_path: Path) -> None:
    desk = Desk(context, write(tmp_path, "ann", [candidate(0), candidate(1)]))
    assert desk.page.locator(".right, .wrong").count() == 0
    assert not desk.page.is_visible("#judgement")
    assert "It is plain" not in desk.page.inner_text("body")
    desk.press("a")
    assert "Choose an answer first" in desk.text("#said")
    number = desk.number()
    desk.answer(f"up {number}")
    assert desk.page.inner_text(".option.right").split("\n")[1] == f"right {number}"
    assert "It is plain" in desk.page.inner_text("#facts")
    desk.answer(f"right {number}")
    assert "Your answer stands" in desk.text("#said")
    desk.press("u")
    assert desk.page.locator(".right, .wrong").count() == 0


def test_undo_flag_search_filters_and_difficulty(context: Any, tmp_path: Path) -> None:
    desk = Desk(context, write(tmp_path, "ann", [candidate(i) for i in range(10)]))
    first = desk.number()
    desk.answer(f"right {first}")
    desk.press("d", "d", "f", "a")
    assert desk.page.input_value("#difficulty") == "medium"
    desk.press("u", "u")
    assert desk.page.get_attribute("#flag", "aria-pressed") == "false"
    assert desk.page.get_attribute("#verdict-accept", "aria-pressed") == "false"
    desk.press("c")
    desk.page.keyboard.type("a long remark")
    desk.press("Escape", "u")
    assert desk.page.input_value("#comment") == ""
    desk.press("/")
    desk.page.keyboard.type("question 7")
    desk.press("Escape")
    assert (desk.number(), desk.text("#place")) == (7, "1 of 1")
    desk.page.fill("#search", "")
    desk.page.select_option("#part", "animals")
    assert desk.text("#place").endswith("of 4")
    desk.page.select_option("#state", "decided")
    assert desk.text("#place") == "none"


def test_closing_with_unsaved_decisions_warns_and_saving_ends_it(context: Any, tmp_path: Path) -> None:
    desk = Desk(context, write(tmp_path, "ann", [candidate(0)]))
    asked: list[str] = []

    def answer(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    desk.page.on("dialog", answer)
    desk.answer("right 0")
    desk.press("a")
    desk.page.close(run_before_unload=True)
    desk.page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    desk.save(tmp_path)
    desk.page.close(run_before_unload=True)
    assert asked == ["beforeunload"]


def test_a_browser_that_keeps_nothing_is_told_and_the_file_brings_everything_back(browser: Any, tmp_path: Path) -> None:
    path = write(tmp_path, "ann", [candidate(i) for i in range(3)])
    context = browser.new_context(accept_downloads=True)
    context.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('none'); }})")
    desk = Desk(context, path)
    assert desk.page.is_visible("#storage")
    sit(desk, "ann", 2)
    saved = desk.save(tmp_path)
    desk.page.close()
    desk.open()
    assert "0 of 3 decided" in desk.text("#done")
    desk.page.set_input_files("#file", saved)
    desk.page.wait_for_function("document.getElementById('done').textContent.startsWith('2 of 3')")
    assert read_decisions([desk.save(tmp_path)])[0].decisions == read_decisions([saved])[0].decisions
    context.close()


def test_a_file_of_another_version_is_taken_by_content_and_what_is_gone_is_listed_and_kept(
    context: Any, tmp_path: Path
) -> None:
    desk = Desk(context, write(tmp_path, "ann", [candidate(i) for i in range(4)]))
    sit(desk, "ann", 4)
    saved = desk.save(tmp_path)
    # The next version: one question renamed, one mended.
    now = [candidate(0, given_name="renamed"), candidate(1, question="Test question 1, mended: which?"), candidate(2)]
    fresh = context.browser.new_context(accept_downloads=True)
    again = Desk(fresh, write(tmp_path, "ann", now))
    again.page.set_input_files("#file", saved)
    again.page.wait_for_function("document.getElementById('done').textContent.startsWith('2 of 3')")
    assert again.page.locator("#gone-list li").count() == 2
    assert "test-0001" in again.page.inner_text("#gone")
    kept = {d.content_hash for d in read_decisions([again.save(tmp_path)])[0].decisions}
    assert kept == {candidate(i).content_hash for i in range(4)}
    fresh.close()


def test_another_person_s_file_is_not_taken(context: Any, tmp_path: Path) -> None:
    desk = Desk(context, write(tmp_path, "bea", [candidate(0)]))
    sit(desk, "bea", 1)
    saved = desk.save(tmp_path)
    other = Desk(context, write(tmp_path, "ann", [candidate(0)]))
    other.page.set_input_files("#file", saved)
    other.page.wait_for_function("document.getElementById('said').textContent.includes('another person')")
    assert "0 of 1 decided" in other.text("#done")


EVIL = "</script><script>window.run = 1</script><img src=x onerror='window.run = 1'><svg onload=window.run=1>"


def test_markup_and_formulas_in_texts_are_shown_and_never_run(context: Any, tmp_path: Path) -> None:
    evil = candidate(
        0,
        question=f"Test question 0 {EVIL}",
        answer='=HYPERLINK("http://x")',
        distractors=("@SUM(1)", "-1+1", f"{EVIL}"),
        rationale=EVIL,
        source=EVIL,
        given_name="=name",
    )
    desk = Desk(context, write(tmp_path, "ann", [evil], near=[EVIL], flags=[EVIL]))
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url))
    assert desk.text("#question") == evil.question
    assert sorted(desk.options()) == sorted([evil.answer, *evil.distractors])
    desk.answer(evil.answer)
    desk.press("x")
    desk.page.keyboard.type(f"=1+1{EVIL}")
    desk.press("Escape")
    assert desk.page.locator("img, svg").count() == 0
    saved = desk.save(tmp_path)
    cells = [cell for line in saved.read_text(encoding="utf-8-sig").splitlines()[1:] for cell in re.split(r',"?', line)]
    assert not any(cell.startswith(("=", "@", "+", "-")) for cell in cells)
    (decision,) = read_decisions([saved])[0].decisions
    assert (decision.answer, decision.reason, decision.name) == (evil.answer, f"=1+1{EVIL}", "=name")
    # A file with markup: shown in the list of what is gone, as text.
    row = f'"{EVIL}",q{"0" * 16},ann,reject,"{EVIL}",2026-01-01T00:00:00Z'
    (tmp_path / "bad.csv").write_text(f"name,content_hash,reviewer,verdict,reason,time\n{row}\n")
    desk.page.set_input_files("#file", tmp_path / "bad.csv")
    desk.page.wait_for_selector("#gone-list li")
    assert desk.text("#gone-list li").startswith(EVIL)
    assert desk.page.evaluate("window.run") is None
    assert [url for url in asked if not url.startswith(("blob:", "data:"))] == []


def test_the_policy_stops_what_the_page_did_not_bring(context: Any, tmp_path: Path) -> None:
    path = write(tmp_path, "ann", [candidate(0)])
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("</body>", "<script>window.run = 1</script><div onclick='window.run = 1'>x</div></body>")
    )
    desk = Desk(context, path)
    desk.page.locator("div[onclick]").click()
    assert desk.page.evaluate("window.run") is None
    assert any("Content Security Policy" in fault for fault in desk.faults)


def test_two_thousand_questions_open_at_once_and_answer_a_key_at_once(context: Any, tmp_path: Path) -> None:
    path = write(tmp_path, "ann", [candidate(i) for i in range(2000)])
    slower = slowness(context.browser)
    page = context.new_page()
    page.goto(path.as_uri())
    opened = page.evaluate("performance.timing.loadEventEnd - performance.timing.navigationStart")
    assert opened < 2000 * slower
    press = """key => { const t = performance.now();
        document.getElementById('question').dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
        document.body.offsetHeight; return performance.now() - t; }"""
    slowest = max(min(page.evaluate(press, key) for _ in range(3)) for key in ("1", "a", "Enter", "n", "f", "u"))
    assert slowest < 50 * slower


def test_a_clip_is_played_from_the_page_itself(context: Any, tmp_path: Path) -> None:
    import numpy as np
    import soundfile

    from akb.benchmark.review_page import clip_url

    soundfile.write(tmp_path / "tone.flac", np.sin(np.arange(8000) / 5) / 4, 16000)
    desk = Desk(context, write(tmp_path, "ann", [candidate(0)], clip=clip_url(tmp_path / "tone.flac")))
    desk.page.wait_for_function("document.querySelector('audio').readyState >= 1")
    assert desk.page.evaluate("document.querySelector('audio').duration") == pytest.approx(0.5, abs=0.05)
    desk.press(" ")
    desk.page.wait_for_function("!document.querySelector('audio').paused || document.querySelector('audio').ended")
    assert desk.faults == []


def write_editor(folder: Path, merged: Merged, candidates: list[Candidate]) -> Path:
    by_name = {c.name: c for c in candidates}
    entries = [
        {
            **entry(by_name[name], TAXONOMY[by_name[name].subcategory].category, [], [], "the editor"),
            "why": merged.why.get(name, ""),
            "opinions": [opinion_entry(d) for d in merged.decisions[name]],
        }
        for name in waiting(merged)
    ]
    import polars as pl

    verdicts = agreement(by_category(merged.decisions, candidates, TAXONOMY))
    table = pl.DataFrame([{"on": "verdicts", **vars(a)} for a in verdicts])
    path = folder / "editor.html"
    tables = overview(merged, table, blind_accuracy(merged.decisions, candidates, TAXONOMY))
    path.write_text(editor_page(PARTS, "test", entries, tables), encoding="utf-8")
    return path


def test_an_overlap_a_conflict_an_adjudication_and_the_selection_that_follows(context: Any, tmp_path: Path) -> None:
    candidates = [candidate(i) for i in range(20)]
    quotas = {"rhyme": 12, "animals": 8}
    shares = assign(candidates, quotas, ["ann", "bea"], items=12, overlap=0.5)
    common = {c.name for c in shares["ann"]} & {c.name for c in shares["bea"]}
    assert len(common) == 6
    assert Counter(c.subcategory for c in shares["ann"]) == {"rhyme": 7, "animals": 5}
    disputed, doubted = sorted(common)[:2]
    files = []
    for who in ("ann", "bea"):
        desk = Desk(context, write(tmp_path, who, shares[who]))
        for _ in shares[who]:
            name = f"test-{desk.number():04}"
            desk.answer(f"{'left' if name == doubted else 'right'} {desk.number()}")
            desk.press("x" if name == disputed and who == "bea" else "a")
            desk.press("Escape", "Enter")
        files.append(desk.save(tmp_path))
    decisions = [d for file in read_decisions(files) for d in file.decisions]
    merged = merge(candidates, decisions, [], MergeRules())
    assert {name for name, status in merged.status.items() if status == "conflict"} == {disputed, doubted}
    assert merged.why[doubted] == CONTRADICTED

    def chosen(now: Merged) -> set[str]:
        clusters = frame_of([{"name": c.name, "cluster": i} for i, c in enumerate(candidates)], CLUSTERS)
        table = frame_of(statuses(now), STATUSES)
        history = audit(now.candidates, frame_of([], FLAGS), clusters, table, TAXONOMY)
        return set(select(history.eligible, quotas, Limits(longest_right=1.0)))

    assert not {disputed, doubted} & chosen(merged)
    desk = Desk(context, write_editor(tmp_path, merged, candidates))
    assert "bea: reject" in desk.page.inner_text("#opinions") or "bea: accept" in desk.page.inner_text("#opinions")
    desk.page.fill("#editor", "cleo")
    desk.press("Escape")
    for _ in range(2):
        desk.press("a" if f"test-{desk.number():04}" == disputed else "x", "Escape", "Enter")
    saved = desk.save(tmp_path)
    assert (saved.name, desk.faults) == ("adjudications.csv", [])
    final = merge(candidates, decisions, read_decisions([saved], final=True)[0].decisions, MergeRules())
    assert (final.status[disputed], final.status[doubted]) == ("accepted", "rejected")
    assert disputed in chosen(final)
    assert doubted not in chosen(final)


def test_the_editor_takes_over_an_edit_by_its_number(context: Any, tmp_path: Path) -> None:
    c = candidate(0)
    given = [
        Decision(c.name, c.content_hash, "ann", "accept"),
        Decision(c.name, c.content_hash, "bea", "edit", reason="clearer", new_question="Test question 0, clearer?"),
    ]
    desk = Desk(context, write_editor(tmp_path, merge([c], given, [], MergeRules()), [c]))
    desk.page.fill("#editor", "cleo")
    desk.press("Escape", "2")
    (decision,) = read_decisions([desk.save(tmp_path)], final=True)[0].decisions
    assert (decision.verdict, decision.new_question, decision.new_answer) == ("edit", "Test question 0, clearer?", "")
    assert merge([c], given, [decision], MergeRules()).candidates[0].question == "Test question 0, clearer?"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_serious_bars_anybody_from_the_pages(browser: Any, tmp_path: Path, width: int, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    c = candidate(0)
    given = [Decision(c.name, c.content_hash, who, verdict) for who, verdict in (("ann", "accept"), ("bea", "reject"))]
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    for path in (write(tmp_path, "ann", [c]), write_editor(tmp_path, merge([c], given, [], MergeRules()), [c])):
        desk = Desk(context, path)
        for key in ("", "1", "e"):
            if key:
                desk.press(key)
            found = axe.Axe().run(desk.page).response["violations"]
            assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
