"""Lists of forms, charities and mails: headings, crosses and days that other pools write."""

import pytest

from app.imports import KnownInstitution, RequestDraft, VolunteerDraft, meaning
from app.imports.verdicts import Verdict
from scheduling import phrases
from tests.app.imports import demo

KITA = KnownInstitution("Kita Arche", "61169", "Friedberg", "daycare", "Kita")
PERSON = ["Nachname", "Vorname", "geb. am", "PLZ", "Rolle", "Sprachen"]
ADA = ["Beispiel", "Ada", "12.01.1980", "61169", "LD", "Dari"]
ASKING = ["Nr", "Einrichtung", "Datum", "Uhrzeit", "Dauer", "Sprache"]


def volunteers(*rows: list[str]) -> list[Verdict[VolunteerDraft]]:
    """The verdicts on a list of volunteers."""
    return list(demo.verdicts({"freiwillige.csv": demo.as_csv(list(rows))}).volunteers)


def requests(*rows: list[str]) -> list[Verdict[RequestDraft]]:
    """The verdicts on requests of one day-care centre, without their headings."""
    written = demo.as_csv([ASKING, *([str(n), "Kita Arche", *row] for n, row in enumerate(rows))])
    return list(demo.verdicts({"anfragen.csv": written}, KITA).requests)


def draft(verdict: Verdict[VolunteerDraft]) -> VolunteerDraft:
    """What was read."""
    assert verdict.draft is not None, verdict.codes
    return verdict.draft


def windows(verdict: Verdict[VolunteerDraft]) -> str:
    """The weekly windows of a row, told back."""
    answer = draft(verdict).availability
    return phrases.describe(answer.windows) if answer else ""


def test_the_answers_of_a_form_are_crosses_under_its_question() -> None:
    asked = [f"Wann hast du Zeit? [{part}]" for part in ("Mo vormittag", "Mo nachmittag")]
    head = ["Zeitstempel", *PERSON[:4], "Ich möchte mitmachen als", "Welche Sprachen sprichst du?"]
    [found] = volunteers(
        [*head, *asked],
        ["2026/11/03 9:12:44 AM MEZ", *ADA[:4], "Dolmetscherin;Lotsin", "Dari", "Ja", "Nein"],
    )
    assert found.codes == ()
    assert draft(found).roles == ("interpreter", "guide")
    assert windows(found) == "Mo 8-12 Uhr"
    assert "2026/11/03" in draft(found).note


@pytest.mark.parametrize("cell", ["TRUE", "WAHR", "☑", "[x]", "Mo vormittag"])
def test_a_ticked_box_is_a_yes_however_it_is_exported(cell: str) -> None:
    [found] = volunteers([*PERSON, "Mo vormittag", "Di vormittag"], [*ADA, cell, "FALSE"])
    assert (found.codes, windows(found)) == ((), "Mo 8-12 Uhr")


@pytest.mark.parametrize("cell", ["✗", "?", "ja, aber nur bis 18"])
def test_a_box_that_may_say_no_is_asked_about(cell: str) -> None:
    [found] = volunteers([*PERSON, "Mo vormittag", "Di vormittag"], [*ADA, cell, ""])
    assert found.codes == ("column:Mo vormittag",)


def test_a_day_is_no_guess_where_the_list_writes_months_first() -> None:
    us = ["04/25/1990", "03/04/1990", "04/04/1990"]
    found = volunteers(PERSON, *([f"N{n}", "Ada", day, *ADA[3:]] for n, day in enumerate(us)))
    assert [one.codes for one in found] == [
        ("column:geb. am",),
        ("column:geb. am",),
        (),
    ]
    [german] = volunteers(PERSON, ["Beispiel", "Ada", "03/04/1990", *ADA[3:]])
    assert f"{draft(german).birth_date}" == "1990-04-03"


def test_english_months_are_months() -> None:
    found = volunteers(PERSON, ["Beispiel", "Ada", "1 May 1975", *ADA[3:]])
    assert f"{draft(found[0]).birth_date}" == "1975-05-01"


def test_a_word_for_all_languages_is_no_part_of_the_last_one() -> None:
    [found] = volunteers(PERSON, [*ADA[:5], "Farsi, Urdu (alle fließend)"])
    assert [skill.tag for skill in draft(found).skills] == ["fa", "ur"]


def test_times_from_until_say_how_long_where_the_length_is_empty() -> None:
    said, both, wrong = requests(
        ["12.01.2027", "9-10:30", "", "Dari"],
        ["13.01.2027", "9:00", "", "Dari"],
        ["14.01.2027", "9-10:30", "60 min", "Dari"],
    )
    assert said.draft is not None
    assert said.draft.duration_minutes == 90
    assert both.codes == ("column:Dauer",)
    assert wrong.codes == ("column:Uhrzeit",)


@pytest.mark.parametrize(
    ("day", "start", "told"),
    [
        ("28.03.2027", "01:30", "01:30-03:30 Uhr"),
        ("31.10.2027", "01:30", "01:30-02:30 Uhr"),
        ("12.01.2027", "23:30", "23:30-00:30 Uhr am Tag danach"),
        ("31.12.2027", "23:00", "23:00-00:00 Uhr am Tag danach"),
    ],
)
def test_the_end_is_told_on_the_clock_of_the_day(day: str, start: str, told: str) -> None:
    [found] = requests([day, start, "60 min", "Dari"])
    read = {one.column: one.read_as for one in meaning.of_request(found)}
    assert read["Uhrzeit"] == told


@pytest.mark.parametrize(
    "cell",
    [
        "31.11.2026",
        "nächsten Dienstag",
        "Di., 12.1.",
        "12.01.2027 oder 13.01.2027",
        "Mi 12.01.2027",
    ],
)
def test_a_day_that_is_not_clear_is_rejected(cell: str) -> None:
    [found] = requests([cell, "10:00", "60 min", "Dari"])
    assert (found.fate, found.codes) == ("rejected", ("column:Datum",))


@pytest.mark.parametrize("cell", ["Türkisch und Arabisch", "Türkisch, Arabisch (Syrien)"])
def test_two_languages_of_one_evening_are_asked_about(cell: str) -> None:
    [found] = requests(["20.01.2027", "19:00", "2 Std.", cell])
    assert (found.fate, found.codes) == ("ask", (f"language:{cell}",))


def test_a_school_of_some_kind_is_the_kind_its_name_says() -> None:
    written = demo.as_csv([["Einrichtung", "Art"], ["Grundschule Nord", "Schule"]])
    [found] = demo.verdicts({"einrichtungen.csv": written}).institutions
    assert found.draft is not None
    assert (found.draft.kind, found.draft.kind_label) == ("primary_school", "Schule")
