"""Each row of the table of languages, compared with what others know."""

import re
import unicodedata

import pytest
from babel import Locale
from babel.core import get_global

from scheduling import reference
from scheduling.languages import catalogue, understand
from scheduling.languages.table import Language

_ROWS = list(catalogue().values())
_NEVER_WRITTEN = "Zxxx"
_SIGN_LANGUAGES = {"gsg", "ukl", "rsl", "tsm", "ase", "ils"}

_SCRIPT_WORDS = {
    "Arab": {"ARABIC"},
    "Armn": {"ARMENIAN"},
    "Beng": {"BENGALI"},
    "Cyrl": {"CYRILLIC"},
    "Deva": {"DEVANAGARI"},
    "Ethi": {"ETHIOPIC"},
    "Geor": {"GEORGIAN"},
    "Grek": {"GREEK"},
    "Gujr": {"GUJARATI"},
    "Guru": {"GURMUKHI"},
    "Hans": {"CJK"},
    "Hant": {"CJK"},
    "Hebr": {"HEBREW"},
    "Jpan": {"CJK", "HIRAGANA", "KATAKANA"},
    "Khmr": {"KHMER"},
    "Kore": {"HANGUL"},
    "Latn": {"LATIN"},
    "Mlym": {"MALAYALAM"},
    "Mymr": {"MYANMAR"},
    "Sinh": {"SINHALA"},
    "Syrc": {"SYRIAC"},
    "Taml": {"TAMIL"},
    "Telu": {"TELUGU"},
    "Thai": {"THAI"},
}

_OUR_GERMAN = {
    "arz": "Arabisch (Ägypten)",
    "ary": "Arabisch (Marokko)",
    "aeb": "Arabisch (Tunesien)",
    "arq": "Arabisch (Algerien)",
    "ckb": "Kurdisch (Sorani)",
    "sdh": "Kurdisch (Südkurdisch)",
    "zza": "Zazaki",
    "fa": "Farsi",
    "aln": "Albanisch (Kosovo)",
    "tru": "Neuaramäisch (Turoyo)",
    "pa": "Pandschabi (Indien)",
    "ta": "Tamilisch",
    "sw": "Swahili",
    "ha": "Hausa",
    "ff": "Fula",
    "zh": "Chinesisch (Mandarin)",
    "yue": "Chinesisch (Kantonesisch)",
}
"""Where the word that pools write, sorted under its family, is better than that of the standard."""

_OUR_ENGLISH = {
    "zza": "Zazaki",
    "fa": "Farsi (Persian)",
    "rom": "Romani",
    "pa": "Punjabi (India)",
    "bn": "Bengali",
    "shi": "Tashelhit",
    "ff": "Fulah",
}

_FOLDED_BY_OTHERS = {"kmr", "prs", "pnb", "rmy", "tw", "mnk", "tl"}
"""Valid tags that programs like to rewrite, `prs` to `fa-AF`: each is a language here."""

_OUR_SCRIPT = {"shi": "Latn", "tru": "Syrc", "ase": _NEVER_WRITTEN}
"""Where the standard names another script: Tifinagh, Latin, and one for signs."""


def _ids(row: Language) -> str:
    return row.tag


def _letters(text: str) -> set[str]:
    """The scripts of the letters of a word; a raised comma belongs to every script."""
    letters = (one for one in text if unicodedata.category(one) in ("Lu", "Ll", "Lo"))
    return {unicodedata.name(letter).split()[0] for letter in letters}


@pytest.mark.parametrize("row", _ROWS, ids=_ids)
def test_a_tag_is_a_language_subtag_in_its_shortest_form(row: Language) -> None:
    assert re.fullmatch(r"[a-z]{2,3}", row.tag)
    alias = get_global("language_aliases").get(row.tag)
    assert alias is None or row.tag in _FOLDED_BY_OTHERS, alias


@pytest.mark.parametrize("row", _ROWS, ids=_ids)
def test_the_names_are_those_of_the_standard_or_our_own_on_purpose(row: Language) -> None:
    for locale, own, written in (
        ("de", _OUR_GERMAN, row.german),
        ("en", _OUR_ENGLISH, row.english),
    ):
        standard = Locale(locale).languages.get(row.tag)
        assert written == own.get(row.tag, standard or written)
        if row.tag in own:
            assert own[row.tag] != standard, "no longer a difference: take it off the list"


@pytest.mark.parametrize("row", _ROWS, ids=_ids)
def test_a_name_of_the_standard_is_understood(row: Language) -> None:
    for locale in ("de", "en"):
        standard = Locale(locale).languages.get(row.tag)
        # "Persisch" may be Dari, "Punjabi" may be that of Pakistan: somebody asks.
        if standard and row.tag not in ("fa", "pa"):
            assert understand(standard).tag == row.tag, standard


@pytest.mark.parametrize("row", _ROWS, ids=_ids)
def test_the_own_name_is_written_in_its_own_script(row: Language) -> None:
    if row.script == _NEVER_WRITTEN:
        assert row.tag in _SIGN_LANGUAGES
        return
    assert _letters(row.own_name) <= _SCRIPT_WORDS[row.script], row.own_name
    assert unicodedata.is_normalized("NFC", row.own_name)


@pytest.mark.parametrize("row", _ROWS, ids=_ids)
def test_the_direction_is_that_of_the_letters(row: Language) -> None:
    first = next(one for one in row.own_name if unicodedata.category(one)[0] == "L")
    right_to_left = unicodedata.bidirectional(first) in ("R", "AL")
    assert row.direction == ("rtl" if right_to_left else "ltr")


@pytest.mark.parametrize("row", _ROWS, ids=_ids)
def test_the_script_is_the_likely_one(row: Language) -> None:
    likely = get_global("likely_subtags").get(row.tag)
    if likely is not None:
        assert row.script == _OUR_SCRIPT.get(row.tag, likely.split("_")[1])


@pytest.mark.parametrize("row", _ROWS, ids=_ids)
def test_a_variety_belongs_to_a_language_that_is_none_itself(row: Language) -> None:
    if row.variety_of is not None:
        assert row.variety_of != row.tag
        assert catalogue()[row.variety_of].variety_of is None


@pytest.mark.parametrize("row", _ROWS, ids=_ids)
def test_words_are_written_once_and_without_stray_spaces(row: Language) -> None:
    words = (*row.synonyms, *row.ask_words)
    assert len(set(words)) == len(words)
    assert all(word == " ".join(word.split()) for word in (row.german, row.english, *words))


def test_no_tag_stands_in_the_table_twice_and_no_row_has_a_cell_too_many() -> None:
    rows = reference.rows("languages.csv")
    assert len({row["tag"] for row in rows}) == len(rows) == len(catalogue())
    assert all(None not in row and None not in row.values() for row in rows)


def test_sign_languages_are_languages_and_never_written() -> None:
    assert {row.tag for row in _ROWS if row.script == _NEVER_WRITTEN} == _SIGN_LANGUAGES
    assert understand("Gebärdensprache").tag == "gsg"
    assert understand("Ukrainische Gebärdensprache").tag == "ukl"


def test_the_languages_of_daily_demand_are_there() -> None:
    asked = (
        "ar uk tr prs fa ru kmr ckb ti so ps ro bg sq bs hr sr am en fr ur pa pnb pl es rom om vi"
    )
    assert set(asked.split()) <= set(catalogue())


@pytest.mark.parametrize(
    ("word", "tags"),
    [
        ("Afghanisch", {"prs", "ps"}),
        ("Kurdisch", {"kmr", "ckb"}),
        ("Persisch", {"fa", "prs"}),
        ("Jugoslawisch", {"bs", "hr", "sr"}),
        ("Eritreisch", {"ti", "tig", "ar"}),
        ("Äthiopisch", {"am", "om", "ti"}),
        ("Paijabi", {"pa", "pnb"}),
        ("Berberisch", {"rif", "shi", "kab"}),
    ],
)
def test_a_word_for_several_languages_is_asked_about(word: str, tags: set[str]) -> None:
    answer = understand(word)
    assert (answer.tag, set(answer.candidates)) == (None, tags)


@pytest.mark.parametrize("code", ["ajp", "ber", "tir", "ara", "per"])
def test_no_code_stands_beside_the_tag_it_was_replaced_by(code: str) -> None:
    assert code not in catalogue()
