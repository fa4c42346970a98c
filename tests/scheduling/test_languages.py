"""What people write for a language, and what it means."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.languages import (
    LEVELS,
    catalogue,
    level_rank,
    read_skills,
    suggest,
    understand,
)
from scheduling.languages.table import fold


def _read(cell: str) -> list[tuple[str, str | None, str | None]]:
    return [(skill.written, skill.tag, skill.level) for skill in read_skills(cell)]


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("Arabisch", "ar"),
        ("arab.", "ar"),
        ("Arabisch (Syrien)", "apc"),
        ("arab. (Syrien)", "apc"),
        ("Syrisch", "apc"),
        ("Irakisch", "acm"),
        ("Arabisch/Marokko", "ary"),
        ("Arabisch - Ägypten", "arz"),
        ("Albanisch", "sq"),
        ("Albanisch (Kosovo)", "aln"),
        ("Kurmanci", "kmr"),
        ("Kurmandschi", "kmr"),
        ("Kurdisch (Kurmandschi)", "kmr"),
        ("Kurdisch/Sorani", "ckb"),
        ("Farsi", "fa"),
        ("Dari", "prs"),
        ("Persisch (Dari)", "prs"),
        ("Tigrinja", "ti"),
        ("Tigrinya", "ti"),
        ("Tigre", "tig"),
        ("Paschtu", "ps"),
        ("Gebärdensprache", "gsg"),
        ("DGS", "gsg"),
        ("Romanes", "rom"),
        ("TÜRKISCH", "tr"),
        ("Tuerkisch", "tr"),
        ("Turkisch", "tr"),
        ("Tu\u0308rkisch", "tr"),
        ("  rumänisch ", "ro"),
        ("English", "en"),
        ("العربية", "ar"),
    ],
)
def test_a_synonym_is_understood(written: str, tag: str) -> None:
    assert understand(written).tag == tag


@pytest.mark.parametrize(
    ("written", "candidates"),
    [
        ("Afghanisch", ("prs", "ps")),
        ("Kurdisch", ("kmr", "ckb")),
        ("kurd.", ("kmr", "ckb")),
        ("Persisch", ("fa", "prs")),
        ("Jugoslawisch", ("bs", "hr", "sr")),
        ("Paijabi", ("pa", "pnb")),
        ("Arabisch (Mars)", ("ar",)),
        ("Farsi (Dari)", ("fa", "prs")),
        ("Arabisch?", ("ar",)),
        ("Albanish", ("sq",)),
        ("🇸🇾", ("apc", "kmr")),
        ("ja", ("ja",)),
    ],
)
def test_an_ambiguous_word_is_asked_about(written: str, candidates: tuple[str, ...]) -> None:
    answer = understand(written)
    assert (answer.tag, answer.candidates) == (None, candidates)


@pytest.mark.parametrize(
    ("written", "candidates"),
    [("Eritreisch", {"ti", "tig", "ar"}), ("Äthiopisch", {"am", "om", "ti"})],
)
def test_a_country_with_several_languages_is_asked_about(
    written: str, candidates: set[str]
) -> None:
    answer = understand(written)
    assert answer.tag is None
    assert set(answer.candidates) == candidates


@pytest.mark.parametrize("written", ["", " - ", "Klingonisch", "🇩🇪", "?", "x"])
def test_an_unknown_word_has_neither_tag_nor_candidates(written: str) -> None:
    answer = understand(written)
    assert (answer.tag, answer.candidates) == (None, ())


@pytest.mark.parametrize(
    ("cell", "skills"),
    [
        (
            "Bulgarisch C2, Tigrinja Muttersprache, Arabisch B2",
            [
                ("Bulgarisch", "bg", "C2"),
                ("Tigrinja", "ti", "native"),
                ("Arabisch", "ar", "B2"),
            ],
        ),
        (
            "Arabisch / Arabisch (Syrien) Muttersprache",
            [("Arabisch", "ar", None), ("Arabisch (Syrien)", "apc", "native")],
        ),
        ("Rumänisch C2; Urdu C1", [("Rumänisch", "ro", "C2"), ("Urdu", "ur", "C1")]),
        ("Arabisch/Marokko, Farsi", [("Arabisch/Marokko", "ary", None), ("Farsi", "fa", None)]),
        (
            "Arabisch/Marokko C1, Farsi",
            [("Arabisch/Marokko", "ary", "C1"), ("Farsi", "fa", None)],
        ),
        ("Farsi (C1), Dari - Muttersprache", [("Farsi", "fa", "C1"), ("Dari", "prs", "native")]),
        ("Farsi/Dari", [("Farsi", "fa", None), ("Dari", "prs", None)]),
        ("Dari / Persisch", [("Dari", "prs", None), ("Persisch", None, None)]),
        ("Persisch/Dari", [("Persisch", None, None), ("Dari", "prs", None)]),
        (
            "Bosnisch/Kroatisch/Serbisch",
            [("Bosnisch", "bs", None), ("Kroatisch", "hr", None), ("Serbisch", "sr", None)],
        ),
        ("Kurdisch / Sorani B2", [("Kurdisch/Sorani", "ckb", "B2")]),
        (
            "Dari und Paschtu + Urdu",
            [("Dari", "prs", None), ("Paschtu", "ps", None), ("Urdu", "ur", None)],
        ),
        ("arab.", [("arab.", "ar", None)]),
        ("Muttersprache: Arabisch", [("Arabisch", "ar", "native")]),
        ("Farsi erstsprache", [("Farsi", "fa", "native")]),
        ("Urdu muttersprachlich", [("Urdu", "ur", "native")]),
        ("Englisch fließend", [("Englisch", "en", None)]),
        ("Englisch in Wort und Schrift", [("Englisch", "en", None)]),
        (
            "Arabisch / Französisch (Algerien)",
            [("Arabisch", "ar", None), ("Französisch (Algerien)", None, None)],
        ),
        ("Englisch B2/C1", [("Englisch", "en", "B2")]),
        ("Arabisch (Syrien, Irak)", [("Arabisch (Syrien, Irak)", None, None)]),
        ("Arabisch\nDari", [("Arabisch", "ar", None), ("Dari", "prs", None)]),
        ("", []),
        (" - ", []),
    ],
)
def test_a_cell_of_languages_is_read(
    cell: str, skills: list[tuple[str, str | None, str | None]]
) -> None:
    assert _read(cell) == skills


def test_a_huge_cell_is_one_unknown_language() -> None:
    (skill,) = read_skills("(" + "Arabisch, " * 10_000)
    assert (skill.tag, skill.candidates) == (None, ())


def test_the_same_language_twice_keeps_the_higher_level() -> None:
    cell = "Kurmandschi B2 / Englisch B2 / Kurmanci Muttersprache"
    assert _read(cell) == [("Kurmandschi", "kmr", "native"), ("Englisch", "en", "B2")]


def test_the_same_ambiguous_word_twice_is_one_question() -> None:
    assert _read("Kurdisch, kurdisch C1") == [("Kurdisch", None, "C1")]


def test_a_language_without_level_ranks_last() -> None:
    assert [level_rank(level) for level in (None, *LEVELS)] == list(range(8))


def test_an_invented_level_is_refused() -> None:
    with pytest.raises(ValueError, match="C3"):
        level_rank("C3")


def test_ask_words_and_synonyms_do_not_contradict_each_other() -> None:
    owner: dict[str, str] = {}
    asked = {fold(word) for one in catalogue().values() for word in one.questions}
    for language in catalogue().values():
        for name in language.names:
            key = fold(name)
            assert key, name
            assert key not in asked, name
            assert owner.setdefault(key, language.tag) == language.tag, name


def test_the_catalogue_is_complete_and_consistent() -> None:
    languages = catalogue()
    assert len(languages) >= 90
    for tag, language in languages.items():
        assert tag == language.tag
        assert language.german
        assert language.english
        assert language.own_name
        assert len(language.script) == 4
        assert language.direction in ("ltr", "rtl")
        assert language.variety_of is None or language.variety_of in languages
    assert {language.direction for language in languages.values() if language.script == "Arab"} == {
        "rtl"
    }


def test_every_name_of_the_catalogue_is_understood() -> None:
    for language in catalogue().values():
        for name in language.names:
            assert understand(name).tag == language.tag, name


def test_every_candidate_is_in_the_catalogue() -> None:
    for language in catalogue().values():
        for word in language.questions:
            answer = understand(word)
            assert answer.tag is None, word
            assert language.tag in answer.candidates, word
            assert set(answer.candidates) <= set(catalogue()), word


@pytest.mark.parametrize("code", ["ajp", "ber"])
def test_retired_codes_are_no_tags_of_their_own(code: str) -> None:
    assert code not in catalogue()


@pytest.mark.parametrize(
    ("query", "tag"),
    [
        ("kurmanci", "kmr"),
        ("kurmandschi", "kmr"),
        ("tigrinja", "ti"),
        ("paschtu", "ps"),
        ("pashtoo", "ps"),
        ("ukra", "uk"),
        ("persis", "fa"),
        ("arab", "ar"),
    ],
)
def test_the_wanted_language_is_suggested_first(query: str, tag: str) -> None:
    assert suggest(query)[0].tag == tag


def test_suggestions_are_limited() -> None:
    assert len(suggest("arabisch", limit=3)) == 3
    assert len(suggest("")) == 10
    with pytest.raises(ValueError, match="limit"):
        suggest("arab", limit=0)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=30))
def test_any_text_gives_an_answer_and_never_both(text: str) -> None:
    for answer in (understand(text), *read_skills(text)):
        assert answer.tag is None or answer.candidates == ()
        assert set(answer.candidates) <= set(catalogue())


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from(sorted(catalogue())), min_size=1, max_size=4, unique=True),
    st.sampled_from([", ", "; ", " / ", "\n"]),
    st.sampled_from(["", " B2", " Muttersprache", " (C1)"]),
)
def test_a_list_of_known_languages_is_read_back(
    tags: list[str], separator: str, level: str
) -> None:
    cell = separator.join(f"{catalogue()[tag].german}{level}" for tag in tags)
    assert [skill.tag for skill in read_skills(cell)] == tags


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("Sorani (Kurdisch)", "ckb"),
        ("Farsi (Persisch)", "fa"),
        ("Dari (Afghanisch)", "prs"),
        ("Arabisch (syrischer Dialekt)", "apc"),
        ("Arabisch (Dialekt: Irak)", "acm"),
        ("Spanisch (Lateinamerika)", "es"),
    ],
)
def test_a_word_that_is_clear_beside_its_brackets_needs_no_question(written: str, tag: str) -> None:
    assert understand(written).tag == tag


@pytest.mark.parametrize("written", ["Farsi/Persisch", "Türkisch (Kurdisch)", "Dari/Farsi"])
def test_two_languages_in_one_request_are_asked_about(written: str) -> None:
    assert understand(written).tag is None


def test_maghreb_means_one_of_its_varieties() -> None:
    assert understand("Maghrebinisch").candidates == ("ary", "aeb", "arq")
    assert understand("Arabisch (Maghreb)").candidates == ("ary", "aeb", "arq")


def test_a_level_inside_the_brackets_leaves_no_stray_sign() -> None:
    assert [skill.written for skill in read_skills("Kurdisch (Irak, C1)")] == ["Kurdisch (Irak)"]
    [skill] = read_skills("Arabisch (Irak - Muttersprache)")
    assert (skill.written, skill.tag, skill.level) == ("Arabisch (Irak)", "acm", "native")


@pytest.mark.parametrize("query", ["🤟", "???", "-"])
def test_signs_alone_suggest_nothing(query: str) -> None:
    assert suggest(query) == ()
