"""What people write about their time."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.phrases import Parity, Season, WeeklyWindow, describe, read_availability
from tests.scheduling.windows_notation import noted


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Mo-Fr 8-12, Di auch 14-17", "Mo-Fr 8-12 Uhr; Di 14-17 Uhr"),
        ("nicht mittwochs", "Mo, Di, Do, Fr 8-18 Uhr"),
        ("ab 16 Uhr", "Mo-Fr 16-20 Uhr"),
        ("Mo-Fr 14.00-18.00 Uhr, Sa 9-12", "Mo-Fr 14-18 Uhr; Sa 9-12 Uhr"),
        ("täglich bis 13 Uhr", "Mo-So 8-13 Uhr"),
        ("Di + Do nachmittags", "Di, Do 13-17 Uhr"),
        ("Mi+Fr ganztags", "Mi, Fr 8-18 Uhr"),
        ("Mo, Mi, Fr 9:00-13:00", "Mo, Mi, Fr 9-13 Uhr"),
        ("flexibel", "Mo-Fr 8-18 Uhr"),
        ("jede 2. Woche Fr", "jede 2. Woche Fr 8-18 Uhr"),
        ("jeden zweiten Freitag", "jede 2. Woche Fr 8-18 Uhr"),
        ("14-tägig Mo 9-11", "jede 2. Woche Mo 9-11 Uhr"),
        ("vormittags außer in den Ferien", "Mo-Fr 8-12 Uhr außer in den Ferien"),
        ("außer in den Ferien", "Mo-Fr 8-18 Uhr außer in den Ferien"),
        ("Montag bis Donnerstag vormittags", "Mo-Do 8-12 Uhr"),
        ("Mo/Mi 8:30–12:00", "Mo, Mi 8:30-12 Uhr"),
        ("werktags 8-16 Uhr", "Mo-Fr 8-16 Uhr"),
        ("abends", "Mo-Fr 17-20 Uhr"),
        ("wochenends", "Sa, So 8-18 Uhr"),
        ("Mo.-Fr. von 8.30 Uhr bis 12.30 Uhr", "Mo-Fr 8:30-12:30 Uhr"),
        ("zwischen 9 und 12", "Mo-Fr 9-12 Uhr"),
        ("9-12 Uhr (Mo-Fr)", "Mo-Fr 9-12 Uhr"),
        ("Mo 9-12, 14-17", "Mo 9-12 Uhr; Mo 14-17 Uhr"),
        ("Mo-Fr 8-12, Di nur 14-17", "Mo, Mi-Fr 8-12 Uhr; Di 14-17 Uhr"),
        ("Mo-Fr außer Mi 8-12", "Mo, Di, Do, Fr 8-12 Uhr"),
        ("vormittags, nicht mittwochs", "Mo, Di, Do, Fr 8-12 Uhr"),
        ("nicht vor 10 Uhr", "Mo-Fr 10-20 Uhr"),
        ("nachmittags ab 14 Uhr", "Mo-Fr 14-17 Uhr"),
        ("vor- und nachmittags", "Mo-Fr 8-12 Uhr; Mo-Fr 13-17 Uhr"),
        ("Dienstagvormittag und Freitagnachmittag", "Di 8-12 Uhr; Fr 13-17 Uhr"),
        ("Fr-Mo 10-12", "Mo, Fr-So 10-12 Uhr"),
        ("sa+so 10-14", "Sa, So 10-14 Uhr"),
        ("Sa n. V.", "nach Vereinbarung Sa 8-18 Uhr"),
        ("n. V. Mo, Di 9-10", "nach Vereinbarung Mo, Di 9-10 Uhr"),
        ("Sa n. V., Mo 9-10", "Mo 9-10 Uhr; nach Vereinbarung Sa 8-18 Uhr"),
        ("evtl. Sa 9-12", "nach Vereinbarung Sa 9-12 Uhr"),
        ("tägl. ab 14 Uhr", "Mo-So 14-20 Uhr"),
        ("zw. 9 u. 12 Uhr", "Mo-Fr 9-12 Uhr"),
        ("Mo 8-12 | Di 14-18", "Mo 8-12 Uhr; Di 14-18 Uhr"),
        ("Fr alle 14 Tage 9-12", "jede 2. Woche Fr 9-12 Uhr"),
        ("in den Ferien nicht", "Mo-Fr 8-18 Uhr außer in den Ferien"),
        ("Mo., Mi. und Fr. vormittags", "Mo, Mi, Fr 8-12 Uhr"),
        ("nachmittags (nicht in den Ferien)", "Mo-Fr 13-17 Uhr außer in den Ferien"),
        ("flexibel, aber nicht vor 10", "Mo-Fr 10-18 Uhr"),
        ("vormittags, nicht vor 9", "Mo-Fr 9-12 Uhr"),
        ("Mo-Fr 8-18, Mi nicht vor 10", "Mo, Di, Do, Fr 8-18 Uhr; Mi 10-18 Uhr"),
        ("Mo-Fr 8-18 nicht vor 10", "Mo-Fr 10-18 Uhr"),
        ("nicht vor 9 und nicht nach 15", "Mo-Fr 9-15 Uhr"),
        ("ganztags, aber spätestens bis 16 Uhr", "Mo-Fr 8-16 Uhr"),
        ("flexibel, aber Mo nicht", "Di-Fr 8-18 Uhr"),
        ("Mo-Fr 8-12, ab 14", "Mo-Fr 8-12 Uhr; Mo-Fr 14-20 Uhr"),
    ],
)
def test_a_phrase_is_understood(text: str, meaning: str) -> None:
    answer = read_availability(text)
    assert describe(answer.windows) == meaning
    assert answer.not_understood == ()


@pytest.mark.parametrize("text", ["n. V.", "n.V.", "nach Vereinbarung", "nach tel. Absprache"])
def test_a_person_on_request_has_no_windows(text: str) -> None:
    answer = read_availability(text)
    assert (answer.windows, answer.on_request, answer.not_understood) == ((), True, ())


@pytest.mark.parametrize("text", ["", "  ", "-", "–"])
def test_an_empty_phrase_is_an_empty_answer(text: str) -> None:
    answer = read_availability(text)
    assert (answer.windows, answer.on_request, answer.not_understood) == ((), False, ())


@pytest.mark.parametrize(
    "text",
    [
        "wenn die Kinder in der Schule sind",
        "jeden 1. Montag",
        "jeden 1. Montag im Monat",
        "ab 1.3. Mo-Fr 8-12",
        "Mo-Fr 8-12 außer bei Frühschicht",
        "Mo-Fr 18-8",
        "Mo 8-25",
        "Mo 9 Uhr",
        "Mo-Mi-Fr 9-12",
        "ab 21 Uhr",
        "so ab 16 Uhr",
        "immer",
        "keine",
        "08:75-12:00",
    ],
)
def test_what_is_not_understood_yields_no_window(text: str) -> None:
    answer = read_availability(text)
    assert answer.windows == ()
    assert not answer.on_request
    assert answer.not_understood == (text,)


@pytest.mark.parametrize(
    ("text", "meaning", "not_understood"),
    [
        ("Mo-Fr 8-12, manchmal Sa", "Mo-Fr 8-12 Uhr", ("manchmal Sa",)),
        ("vormittags, ab 9", "Mo-Fr 8-12 Uhr", ("ab 9",)),
        ("Mo 8-12, nicht vor 24", "Mo 8-12 Uhr", ("nicht vor 24",)),
        ("Mo-Fr 8-12, Sa", "Mo-Fr 8-12 Uhr", ("Sa",)),
        ("Mo 8-12; Mi nach der Schicht", "Mo 8-12 Uhr", ("Mi nach der Schicht",)),
    ],
)
def test_the_rest_of_a_phrase_is_kept(
    text: str, meaning: str, not_understood: tuple[str, ...]
) -> None:
    answer = read_availability(text)
    assert describe(answer.windows) == meaning
    assert answer.not_understood == not_understood


def test_a_huge_phrase_is_not_understood() -> None:
    answer = read_availability("Mo-Fr 8-12, " * 10_000)
    assert answer.windows == ()
    assert len(answer.not_understood) == 1


def test_windows_beside_on_request_stay_hard() -> None:
    answer = read_availability("Mo-Fr 8-12, sonst n. V.")
    assert answer.on_request
    assert not any(window.soft for window in answer.windows)


def test_every_second_week_needs_to_know_which_week() -> None:
    assert read_availability("jede 2. Woche Fr").every_second_week
    assert not read_availability("Fr").every_second_week


def test_overlapping_times_become_one_window() -> None:
    answer = read_availability("Mo 8-12, Mo 10-14")
    assert answer.windows == (WeeklyWindow(0, 480, 840),)


@pytest.mark.parametrize(
    ("weekday", "start", "end", "weeks"),
    [(7, 0, 60, 1), (0, 60, 60, 1), (0, 0, 1441, 1), (0, 0, 60, 0)],
)
def test_an_impossible_window_is_refused(weekday: int, start: int, end: int, weeks: int) -> None:
    with pytest.raises(ValueError, match=r"\d"):
        WeeklyWindow(weekday, start, end, every_weeks=weeks)


_CONDITIONS = st.tuples(
    st.booleans(),
    st.integers(1, 4),
    st.sampled_from(get_args(Season)),
    st.sampled_from(get_args(Parity)),
)


@st.composite
def _windows(draw: st.DrawFn) -> tuple[WeeklyWindow, ...]:
    """Windows of some days, apart from each other where their conditions are the same."""
    found = []
    for weekday in draw(st.sets(st.integers(0, 6), min_size=1)):
        for condition in draw(st.sets(_CONDITIONS, min_size=1, max_size=3)):
            edges = sorted(draw(st.sets(st.integers(0, 1440), min_size=2, max_size=4)))
            spans = zip(edges[::2], edges[1::2], strict=False)
            found += [WeeklyWindow(weekday, *span, *condition) for span in spans]
    return tuple(sorted(found))


@settings(deadline=None, max_examples=150)
@given(_windows(), st.sampled_from(["de", "en"]))
def test_a_description_is_understood_again(windows: tuple[WeeklyWindow, ...], locale: str) -> None:
    answer = read_availability(describe(windows, locale)[:1_000])
    if len(describe(windows, locale)) <= 1_000:
        assert (answer.windows, answer.not_understood) == (windows, ())


def test_a_description_comes_in_both_languages() -> None:
    windows = noted("01234 0800-1200 soft /2 term even; 5 0200-0430 holidays")
    assert describe(windows) == (
        "nach Vereinbarung jede 2. Woche in geraden Kalenderwochen Mo-Fr 8-12 Uhr"
        " außer in den Ferien; Sa 02-4:30 Uhr nur in den Ferien"
    )
    assert describe(windows, locale="en") == (
        "on request every 2 weeks in even calendar weeks Mon-Fri 08:00-12:00"
        " not in the school holidays; Sat 02:00-04:30 only in the school holidays"
    )
    assert describe(()) == ""


_WORDS = st.lists(
    st.sampled_from(
        [
            "Mo",
            "Di-Do",
            "Mi",
            "Sa",
            "8-12",
            "14-17",
            "ab 16",
            "bis 13",
            "nicht vor 10",
            "2-5",
            "16-13",
            "14-16 Uhr",
            ",",
            "und",
            "nicht",
            "außer",
            "vormittags",
            "foo",
            "n. V.",
            "nur",
            "in den Ferien",
            "nur in den Ferien",
            "außer in den Ferien",
            "auch in den Ferien",
            "gerade KW",
            "ungerade KW",
            "jede 2. Woche",
            "jeden 2.",
            "evtl.",
            "sonst",
            "sonst nicht",
            "täglich",
            "flexibel",
            "(",
            ")",
            "ab 1.2.2027",
            "bis 31.3.",
            "ca.",
            ".",
            "Mon",
            "otherwise",
            "?",
            "kein",
        ]
    ),
    max_size=9,
)


@settings(deadline=None, max_examples=400)
@given(_WORDS, st.sampled_from([" ", "; ", "\n", ", "]))
def test_no_phrase_is_dropped_in_silence(words: list[str], sign: str) -> None:
    text = sign.join(words)
    answer = read_availability(text)
    if any(character.isalnum() for character in text):
        assert answer.windows or answer.on_request or answer.not_understood
    for unknown in {"foo", "?", "2-5", "16-13"} & set(words):
        assert any(unknown in part for part in answer.not_understood)


@settings(deadline=None, max_examples=300)
@given(_WORDS)
def test_what_was_understood_is_told_back_and_understood_again(words: list[str]) -> None:
    windows = read_availability(" ".join(words)).windows
    again = read_availability(describe(windows))
    assert (again.windows, again.not_understood) == (windows, ())


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60))
def test_any_text_gives_an_answer(text: str) -> None:
    answer = read_availability(text)
    if any(character.isalpha() for character in text):
        assert answer.windows or answer.on_request or answer.not_understood


@pytest.mark.parametrize(
    "text", ["Mo, " * 249, "1 " * 499, "vor - " * 166, "(" * 999, "a" * 1_000, "9-" * 499]
)
def test_the_longest_phrases_are_read(text: str) -> None:
    answer = read_availability(text)
    assert answer.windows or answer.not_understood or not any(c.isalnum() for c in text)
