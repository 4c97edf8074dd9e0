"""Scores by skill and tier: every item told counts once, and computation can be taken out."""

from dataclasses import replace

from synthetic import CATEGORIES, make_items, responses_of

from akb.analysis.skills import skills
from akb.items import items_frame

SKILLS = ("recall", "inference", "symbolic", "computation")
TIERS = ("easy", "medium", "hard")
ITEMS = [
    replace(item, skill=SKILLS[place % 4], tier=TIERS[place % 3])
    for place, item in enumerate(make_items("akb", 240, CATEGORIES))
]


def told(items):
    right = [item.skill != "computation" for item in items]
    return skills(responses_of(items, "a", "probe", right), items_frame(items))


def test_each_skill_and_tier_has_its_own_score():
    found = {(row["by"], row["domain"]): row for row in told(ITEMS).to_dicts()}
    assert [key for key in found if key[0] == "skill"] == [("skill", skill) for skill in SKILLS]
    assert found["skill", "computation"]["accuracy"] == 0 and found["skill", "recall"]["accuracy"] == 1
    assert sum(found["tier", tier]["n"] for tier in TIERS) == 240
    assert found["computation", "without computation"]["accuracy"] == 1
    assert found["computation", "without computation"]["n"] == 180


def test_a_benchmark_that_tells_no_skills_has_none():
    assert not len(told([replace(item, skill="", tier="") for item in ITEMS]))


def test_tiers_may_be_told_without_skills():
    found = told([replace(item, skill="") for item in ITEMS])
    assert set(found["by"]) == {"tier"}
    assert found.filter(by="tier")["domain"].to_list() == list(TIERS)


def test_another_benchmark_is_scored_by_its_own_categories_and_difficulties():
    items = [
        replace(item, skill=("Reasoning", "Information Extraction")[place % 2], tier=TIERS[place % 3])
        for place, item in enumerate(make_items("mmau", 120, ["Sound", "Music", "Speech"]))
    ]
    found = told(items)
    assert set(found["by"]) == {"skill", "tier"}, "it is not said to be without computation"
    assert set(found.filter(by="skill")["domain"]) == {"Reasoning", "Information Extraction"}
    assert found.filter(by="skill")["n"].sum() == found.filter(by="tier")["n"].sum() == 120
