"""Every code the engine can give has a sentence in both languages."""

from dataclasses import fields

from app.planning import sentences
from app.seam.papers import needed
from matching import Weights
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


def test_one_person_is_singular() -> None:
    assert "(1 Person, sonst passend)" in sentences.sentence(
        "no_time", {"volunteers": 1, "relaxations": 1}
    )
    assert "(3 people, and more is missing)" in sentences.sentence(
        "no_time", {"volunteers": 3, "relaxations": 2}, "en"
    )
