"""Phrases that somebody has to ask about, and conditions of whole phrases."""

from datetime import date

import pytest

from scheduling.phrases import read_availability
from tests.scheduling.windows_notation import noted

_DOUBTFUL = [
    "halb neun",
    "um 8",
    "Mo-Fr 12-8",
    "ab ca. 16 Uhr",
    "meistens vormittags",
    "evtl.",
    "1. Montag im Monat",
    "diese Woche nicht",
    "bis Ende März",
    "ab 1.2. Mo-Fr 8-12",
    "ab 31.2.2027 Mo 8-12",
    "auch in den Ferien",
    "in den Ferien nicht mittwochs",
    "vormittags außer in den Ferien und mittwochs",
    "Mo 8-12 in den Ferien Di 9-11",
    "jeden 3. Montag",
    "außer Mo, Di 9-12",
    "nicht Mo, Di 9-12",
    "Mo, Mi nicht",
    "Mo-Fr außer Mi vormittags",
    "Mo nicht Di 8-12",
    "vormittags, Sa",
    "vormittags und Mo",
    "ab 14 und bis 18",
    "Sa nicht nachmittags",
    "in den Ferien n. V.",
    "Mo 2-5",
    "ab 4",
    "Mo; Di 9-12",
    "sonst nicht",
    "außer in den Sommerferien",
    "Mo-Fr 8-12 außer feiertags",
    "I can do Mondays 9-12",
    "9am-12pm",
    "after 3",
    "Mo?",
    "Mo und evtl. Di 9-12",
    "in geraden KW Mo, in ungeraden KW Di 9-12",
    "n. V. Mo, n. V. Di 9-10",
    "täglich außer mittwochs ab 16",
    "Mo 8-12 gerade KW und Di",
    "2x pro Woche vormittags",
    "max. 2 Termine pro Woche",
    "Mo-Fr 8-12 (1. Woche im Monat nicht)",
    "Frühschicht: Mo-Fr nachmittags",
    "wenn ich frei habe",
    "ab Februar Mo-Fr",
    "ab Mittwoch",
    "bis Mittwoch",
    "Mo 14-16 Uhr (nur telefonisch)",
    "nach Feierabend",
    "ab mittags",
    "morgens",
    "Mo 8-12?",
    "Mo-Fr eher vormittags",
    "Mo-Fr ca. 8-12",
    "gegen 9",
    "Mo 25-26",
    "Mo 12-12",
    "jeden 1. Mittwoch im Monat",
    "jeden letzten Freitag 9-12",
    "letzte Woche",
    "Mo8-12",
    "Mon-Fri 9-5",
    "biweekly Mon",
    "at 9",
    "from 9",
    "meistens Mo 8-12",
    "bevorzugt vormittags",
    "diese Woche nicht, sonst vormittags",
    "am 12.3.2027 Mo 8-12",
    "ab 1.2.2027",
    "ab 1.3.2027 bis 1.2.2027 Mo 8-12",
    "KW 3 nicht",
    "acht bis zwölf",
    "Mo 8 bis zwölf",
    "an geraden Tagen",
    "A-Woche Mo 8-12",
    "vormittags 16-13",
    "Mo nicht 12-8",
    "nicht bis 0 Uhr",
    "Mo 8-12 nicht nach 0",
    "ab 24",
    "Mo-Fr, außer Mi, ca. 14 Uhr",
    "am Vormittag (Mo, Di), Mi nicht",
    "außer montags ab 16 Uhr",
    "Mo-Fr, Mi nur vormittags",
    "Mo-Fr (Mi nur vormittags)",
    "alle Tage, Mi vormittags",
    "Mo, Di nur vormittags",
    "Mo-Do, Fr nur bis 12",
    "Mo-Do, Fr 8-12",
    "Mo, Di nicht vor 10",
    "vormittags 9-17",
    "nachmittags 9-12",
    "vormittags ab 13 Uhr",
    "Montag, 12.01.2027, 9-12 Uhr",
    "Mo-Fr 8-12 Uhr und nachmittags nach Absprache",
    "Mo, Di, wenn die Kinder in der Schule sind",
    "Mo-Do, freitags eher nicht",
    "Mo -, Di -",
]
_PARTLY = [
    ("Mo 8-12, Di 9-11 ab 1.2.2027", "0 0800-1200", ("Di 9-11 ab 1.2.2027",)),
    ("in den Ferien Mo-Fr 8-18, Sa 10-14", "01234 0800-1800 holidays", ("Sa 10-14",)),
    ("in den Ferien ganztags, Mo-Fr ab 16 Uhr", "01234 0800-1800 holidays", ("Mo-Fr ab 16 Uhr",)),
    ("ganztags, in den Ferien vormittags", "01234 0800-1800", ("in den Ferien vormittags",)),
    ("in geraden KW Mo 9-12, Di 14-16", "0 0900-1200 even", ("Di 14-16",)),
    ("jede 2. Woche Mo 9-12, Di 9-12", "0 0900-1200 /2", ("Di 9-12",)),
    ("ab 14 Uhr, bis 18 Uhr", "01234 1400-2000", ("bis 18 Uhr",)),
    ("Mo 8-12, Mi 8-12, nicht Mi", "0 0800-1200", ("Mi 8-12",)),
    ("vormittags, in den Ferien n. V.", "01234 0800-1200", ("in den Ferien n. V.",)),
    ("Mo-Fr 8-12, Mi 9-11", "01234 0800-1200", ("Mi 9-11",)),
    ("ab 16, sonst flexibel", "01234 1600-2000", ("sonst flexibel",)),
    ("Mo-Fr 8-12, jede 2. Woche Sa", "01234 0800-1200", ("jede 2. Woche Sa",)),
    ("Mo 8-12, in den Ferien, Di 9-11", "0 0800-1200; 1 0900-1100", ("in den Ferien",)),
    ("Mo: 8-12, Di: -, Mi: 8-12", "02 0800-1200", ("Di: -",)),
    ("vormittags, außer Mo, nachmittags Fr", "1234 0800-1200", ("außer Mo", "nachmittags Fr")),
    ("n. V. Sa 9-12, Mo 9-12", "5 0900-1200 soft", ("Mo 9-12",)),
]


@pytest.mark.parametrize("text", _DOUBTFUL)
def test_a_doubtful_phrase_yields_no_window_and_is_listed(text: str) -> None:
    answer = read_availability(text)
    assert (answer.windows, answer.on_request) == ((), False)
    assert answer.not_understood
    assert all(part in text for part in answer.not_understood)


def test_many_kinds_of_doubt_are_in_the_table() -> None:
    assert len(set(_DOUBTFUL)) == len(_DOUBTFUL) >= 40


@pytest.mark.parametrize(("text", "windows", "not_understood"), _PARTLY)
def test_a_doubtful_part_is_listed_beside_the_clear_one(
    text: str, windows: str, not_understood: tuple[str, ...]
) -> None:
    answer = read_availability(text)
    assert (answer.windows, answer.not_understood) == (noted(windows), not_understood)


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("n. V.", ""),
        ("Mo-Fr 8-12, sonst n. V.", "01234 0800-1200"),
        ("Mo-Fr 8-12 oder n. V.", "01234 0800-1200"),
        ("Mo-Fr 8-12, gerne auch n. V.", "01234 0800-1200"),
        ("Mo-Fr 8-12, n. V.", "01234 0800-1200 soft"),
        ("n. V., Mo 9-10", "0 0900-1000 soft"),
        ("Mon 9-12, otherwise by arrangement", "0 0900-1200"),
    ],
)
def test_on_request_beside_times_makes_them_soft_unless_it_comes_on_top(
    text: str, windows: str
) -> None:
    answer = read_availability(text)
    assert (answer.windows, answer.on_request, answer.not_understood) == (noted(windows), True, ())


_FEBRUARY, _JUNE = date(2027, 2, 1), date(2027, 6, 30)


@pytest.mark.parametrize(
    ("text", "windows", "first", "last"),
    [
        ("ab 1.2.2027 Mo-Fr 8-12", "01234 0800-1200", _FEBRUARY, None),
        ("ab dem 1.2.2027 Mo 8-12, Di 9-11", "0 0800-1200; 1 0900-1100", _FEBRUARY, None),
        ("Mo-Fr 8-12, ab 1.2.2027", "01234 0800-1200", _FEBRUARY, None),
        ("Mo-Fr 8-12 ab 01.02.2027", "01234 0800-1200", _FEBRUARY, None),
        ("bis 30.6.2027 vormittags", "01234 0800-1200", None, _JUNE),
        ("Mo 8-12; Di 9-11; gültig bis 30.06.2027", "0 0800-1200; 1 0900-1100", None, _JUNE),
        ("vom 1.2.2027 bis 30.6.2027 abends", "01234 1700-2000", _FEBRUARY, _JUNE),
        ("1.2.27-30.6.27: Mo 8-12", "0 0800-1200", _FEBRUARY, _JUNE),
        ("2027-02-01 bis 2027-06-30 Mo 8-12", "0 0800-1200", _FEBRUARY, _JUNE),
    ],
)
def test_full_dates_hold_for_the_whole_phrase(
    text: str, windows: str, first: date | None, last: date | None
) -> None:
    answer = read_availability(text)
    assert (answer.windows, answer.not_understood) == (noted(windows), ())
    assert (answer.valid_from, answer.valid_to) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "Mo 8-12 ab 1.2.2027, Di 9-11",
        "ab 1.2.2027 Mo 8-12; Di 9-11",
        "Mo 8-12, ab 1.2.2027, Di 9-11",
        "ab 1.2.2027 Mo 8-12, ab 1.3.2027 Di 9-11",
        "ab 31.2.2027 Mo 8-12",
        "ab 1.2. Mo 8-12",
        "ab Februar Mo 8-12",
    ],
)
def test_a_date_that_may_mean_one_part_only_is_asked_about(text: str) -> None:
    answer = read_availability(text)
    assert answer.not_understood
    assert (answer.valid_from, answer.valid_to) == (None, None)


def test_even_weeks_need_no_question_and_every_second_one_does() -> None:
    assert not read_availability("gerade KW Mo 8-12").every_second_week
    assert read_availability("jede 2. Woche Mo 8-12").every_second_week
