"""Every code the engine can give has a sentence in both languages."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from app.offers.refusals import WORDS, MayNotGo
from app.planning import sentences, wording
from app.seam.papers import needed
from matching import Weights, eligibility
from matching.codes import FunnelCode, OpenCode, RepairCode, WhyNotCode
from matching.explain import ENDS


def test_every_end_has_a_sentence_in_both_languages() -> None:
    codes = {*ENDS, *ENDS.values(), "taken", "budget", "team"} - {"papers"}
    for code in codes:
        for locale in ("de", "en"):
            said = sentences.sentence(code, {"volunteers": 2, "relaxations": 1}, locale)
            assert said != code, code
            assert said.endswith("."), code


def test_every_cost_term_has_a_sentence_in_both_languages() -> None:
    terms = {field.name for field in fields(Weights)} - {"name", "factor", "options"} | {"option"}
    for locale in ("de", "en"):
        assert len(sentences.terms(dict.fromkeys(sorted(terms), 7), locale)) == len(terms)


def test_every_needed_paper_has_a_name() -> None:
    for role in ("guide", "interpreter"):
        for paper in needed(role, measles=True):
            assert paper in sentences.PAPERS


def test_who_may_not_go_learns_why_in_words() -> None:
    source = Path(str(eligibility.__file__)).read_text(encoding="utf-8")
    codes = {*re.findall(r'Reason\(f?"(\w+)', source), "client_cap", "parents_day"}
    assert len(codes) > 12
    for code in codes:
        refused = MayNotGo([code])
        assert refused.detail("de") == f"Das geht leider nicht: {WORDS[code][0]}."
        assert refused.detail("en") == f"This is not possible: {WORDS[code][1]}."
    papers = MayNotGo(["paper:adult", "paper:german"])
    assert papers.detail("de") == f"Das geht leider nicht: {WORDS['paper'][0]}."


def test_one_person_is_singular() -> None:
    assert "(1 Person, sonst passend)" in sentences.sentence(
        "no_time", {"volunteers": 1, "relaxations": 1}
    )
    assert "(3 people, and more is missing)" in sentences.sentence(
        "no_time", {"volunteers": 3, "relaxations": 2}, "en"
    )


REPAIR_PARAMS: dict[str, dict[str, Any]] = {
    RepairCode.DISPLACE: {"seats": 2},
    RepairCode.MOVE: {"minutes": -30},
    RepairCode.REMOTE: {"mode": "phone"},
    RepairCode.CONSENT: {"language": "uk", "spoken": "ru"},
    RepairCode.LEVEL: {"language": "ar", "level": 3, "wanted": 4},
    RepairCode.OUTSIDE_HOURS: {"minutes": 45},
    RepairCode.FARTHER: {"minutes": 50, "limit": 30},
    RepairCode.PAPER: {"paper": "conduct", "expired": True},
    RepairCode.RAISE_CAP: {"period": "week", "unit": "minutes", "more": 60},
}
WHY_NOT_PARAMS: dict[str, dict[str, Any]] = {
    WhyNotCode.PINNED: {"volunteer": "m"},
    WhyNotCode.CLASH: {"seat": "s"},
    WhyNotCode.CAP_USED: {"period": "year", "unit": "cents", "left": 1250},
    WhyNotCode.PARENTS_DAY: {"left": 20},
    WhyNotCode.BUDGET: {"at_most": 5},
    WhyNotCode.OTHER_DATE: {"option": 1},
    WhyNotCode.DEARER: {"cost": 900, "volunteer": "m", "volunteer_cost": 300},
    WhyNotCode.COULD_GO: {"cost": 900},
    "role": {"role": "guide"},
    "language": {"language": "so"},
    "consent": {"language": "so"},
    "level": {"language": "so", "level": 3, "wanted": 4},
    "gender": {"wanted": "f"},
    "excluded": {"tag": "kind:school"},
    "paper:conduct": {"expired": False},
    "cap": {"period": "day", "unit": "assignments", "left": 0},
    "too_far": {"minutes": 50, "limit": 30},
}
PLAIN = ("mode", "open_question", "only_kinds", "blocked", "unavailable", "busy")
NAMES = {"d": "Dilan Beispiel", "m": "Mirela Beispiel", "s": "Löwenzahnschule, 12.01. 10:00"}


def well_said(german: str, english: str, code: str) -> None:
    """Two sentences that differ, with everything filled in."""
    assert german != english, code
    for said in (german, english):
        assert said.endswith("."), (code, said)
        assert " " in said, said
        assert not set("{}") & set(said), said
        assert "  " not in said, said
        assert "()" not in said, said


@pytest.mark.parametrize("code", RepairCode)
def test_every_repair_names_the_volunteer_in_both_languages(code: RepairCode) -> None:
    params = REPAIR_PARAMS.get(code, {}) | {"volunteer": "d"}
    german, english = (wording.repair(code, params, NAMES, locale) for locale in ("de", "en"))
    well_said(german, english, code)
    assert "Dilan Beispiel" in german
    assert "Dilan Beispiel" in english


@pytest.mark.parametrize(
    "code", [*WhyNotCode, *PLAIN, *sorted(set(WHY_NOT_PARAMS) - set(WhyNotCode))]
)
def test_every_reason_against_a_volunteer_has_a_sentence_in_both_languages(code: str) -> None:
    found = [
        wording.why_not(code, WHY_NOT_PARAMS.get(code, {}), NAMES, locale)
        for locale in ("de", "en")
    ]
    german, english = (one.sentence for one in found)
    well_said(german, english, code)
    assert found[0].code == code


@pytest.mark.parametrize("code", FunnelCode)
def test_every_step_of_the_funnel_has_a_sentence_in_both_languages(code: FunnelCode) -> None:
    german, english = (wording.funnel(code, 3, locale) for locale in ("de", "en"))
    well_said(german, english, code)
    assert "3" in german


@pytest.mark.parametrize("code", OpenCode)
def test_every_reason_of_an_open_seat_has_a_sentence_in_both_languages(code: OpenCode) -> None:
    params = {"volunteers": 2, "relaxations": 1, "at_most": 5, "seat": "s"}
    german, english = (sentences.sentence(code, params, locale) for locale in ("de", "en"))
    well_said(german, english, code)


def test_numbers_are_said_in_words_people_use() -> None:
    cap = {"period": "year", "unit": "cents", "more": 1205, "volunteer": "d"}
    said = wording.repair(RepairCode.RAISE_CAP, cap, NAMES, "de")
    assert said == "Dilan Beispiel kann, wenn die Grenze im Jahr erhöht wird, um 12,05 €."
    later = {"minutes": 30, "volunteer": "d"}
    assert "30 Minuten später" in wording.repair(RepairCode.MOVE, later, NAMES, "de")
    assert "30 minutes earlier" in wording.repair(
        RepairCode.MOVE, later | {"minutes": -30}, NAMES, "en"
    )
    assert wording.level(7, "de") == "Muttersprache"
    assert wording.level(0, "en") == "unknown"
    assert wording.language("xx", "de") == "xx"


def test_a_reason_of_one_person_counts_nobody() -> None:
    assert sentences.sentence("role", {"role": "guide"}) == "Übernimmt diese Rolle nicht."
