"""Lists of other pools: what is safe is understood, everything else is asked or rejected."""

from collections.abc import Sequence

import pytest

from app.imports import KnownInstitution, RequestDraft, VolunteerDraft
from app.imports.verdicts import Verdict
from scheduling import phrases
from tests.app.imports import demo, shapes

KITA = KnownInstitution("Kita Arche", "61169", "Friedberg", "daycare", "Kita")
Fates = dict[str, tuple[str, ...]]
OK = ("accepted",)

VOLUNTEERS: list[tuple[bytes, Fates]] = [
    (
        shapes.OTHER_HEADINGS,
        {"1": OK, "2": OK, "3": ("rejected", "column:Rufname")},
    ),
    (shapes.ENGLISH, {"1": OK, "2": ("ask", "language:Kurdish")}),
    (shapes.MERGED_NAMES, {"1": OK, "2": OK, "3": ("rejected", "column:Name, Vorname")}),
    (
        shapes.LANGUAGES_WITH_LEVELS,
        {
            "1": OK,
            "2": ("ask", "column:Niveau 1"),
            "3": ("ask", "column:Niveau 3", "language:Kurd."),
            "4": ("ask", "column:Niveau 1"),
            "5": ("rejected", "column:Muttersprache"),
        },
    ),
    (
        shapes.CROSSES,
        {
            "1": OK,
            "2": OK,
            "3": ("ask", "language:Kurdisch"),
            "4": ("ask", "column:Arabisch"),
            "5": ("rejected", "column:Arabisch"),
        },
    ),
    (shapes.WEEK_GRID, {"1": OK, "2": OK, "3": ("ask", "column:Mo"), "4": OK}),
    (shapes.TWO_HEADING_LINES, {"1": OK, "2": OK}),
    (shapes.GROUP_OVER_DAYS, {"1": OK}),
    (
        shapes.SECTIONS_AND_TOTALS,
        {
            "Team Nord": ("rejected", "column:Nachname"),
            "1": OK,
            "Team Süd": ("rejected", "column:Nachname"),
            "2": OK,
            "Nr": ("rejected", "column:geb. am"),
            "Summe": ("rejected", "column:Vorname"),
            "* Stand: Januar 2027, ohne Gewähr": ("rejected", "column:Nachname"),
        },
    ),
    (shapes.WINDOWS, {"1": OK, "2": OK}),
    (
        shapes.FORMULAS,
        {
            "1": ("rejected", "column:Nachname"),
            "2": ("ask", "column:E-Mail"),
            "3": ("ask", "column:Telefon"),
            "4": ("rejected", "column:geb. am"),
            "5": ("ask", "column:Bemerkung"),
        },
    ),
    (
        shapes.EVERY_SECOND_WEEK,
        {"1": ("ask", "column:Wann?"), "2": ("ask", "column:Wann?"), "3": OK},
    ),
]
REQUESTS: list[tuple[bytes, Fates]] = [
    (
        shapes.REQUESTS,
        {
            "1": OK,
            "2": ("rejected", "column:Wann"),
            "3": ("rejected", "column:Uhrzeit"),
            "4": ("ask", "language:Kurd."),
            "5": ("ask", "language:arab./franz."),
            "6": ("ask", "language:Farsi/Dari"),
            "7": ("rejected", "column:Wann"),
            "8": ("rejected", "column:Dauer"),
            "9": ("ask", "personal_data:note"),
            "10": ("rejected", "institution:unknown"),
        },
    ),
    (shapes.FORWARDED, {"1": OK, "2": OK, "3": ("rejected", "column:Datum")}),
    (shapes.ENGLISH_REQUESTS, {"1": OK, "2": OK, "3": ("rejected", "column:Date")}),
]


def volunteers(content: bytes) -> Sequence[Verdict[VolunteerDraft]]:
    """The verdicts on a list of volunteers."""
    return demo.verdicts({"freiwillige.csv": content}).volunteers


def requests(content: bytes) -> Sequence[Verdict[RequestDraft]]:
    """The verdicts on a list of requests of one day-care centre."""
    return demo.verdicts({"anfragen.csv": content}, KITA).requests


def fates(verdicts: Sequence[Verdict[object]]) -> Fates:
    """Fate and codes by row."""
    return {verdict.row: (verdict.fate, *verdict.codes) for verdict in verdicts}


@pytest.mark.parametrize(("content", "wanted"), VOLUNTEERS)
def test_each_row_of_a_volunteers_list_has_its_fate(content: bytes, wanted: Fates) -> None:
    assert fates(volunteers(content)) == wanted


@pytest.mark.parametrize(("content", "wanted"), REQUESTS)
def test_each_row_of_a_requests_list_has_its_fate(content: bytes, wanted: Fates) -> None:
    assert fates(requests(content)) == wanted


@pytest.mark.parametrize("content", [content for content, _ in VOLUNTEERS])
def test_the_headings_alone_say_that_these_are_volunteers(content: bytes) -> None:
    assert demo.verdicts({"liste.csv": content}).volunteers


@pytest.mark.parametrize("content", [content for content, _ in REQUESTS])
def test_the_headings_alone_say_that_these_are_requests(content: bytes) -> None:
    assert demo.verdicts({"liste.csv": content}, KITA).requests


def skills(verdict: Verdict[VolunteerDraft]) -> dict[str, str | None]:
    """Tags (or words) and levels of a row."""
    assert verdict.draft is not None
    return {skill.tag or skill.written: skill.level for skill in verdict.draft.skills}


def test_languages_in_several_columns_keep_the_levels_beside_them() -> None:
    first, second, third, *_ = volunteers(shapes.LANGUAGES_WITH_LEVELS)
    assert skills(first) == {"ti": "native", "ar": "B2", "en": "C1"}
    assert skills(second) == {"prs": None, "ps": "native"}
    assert skills(third) == {"tr": None, "Kurd.": "B1"}


def test_crosses_under_a_language_are_languages() -> None:
    first, second, third, fourth, _ = volunteers(shapes.CROSSES)
    assert skills(first) == {"ar": None, "prs": None}
    assert skills(second) == {"tr": "C1"}
    assert skills(third) == {"tr": "native", "Kurdisch": None}
    assert skills(fourth) == {"ar": None, "tr": None}


def windows(verdict: Verdict[VolunteerDraft]) -> str:
    """The weekly windows of a row, told back."""
    assert verdict.draft is not None
    answer = verdict.draft.availability
    return phrases.describe(answer.windows) if answer else ""


def test_a_grid_of_the_week_is_read_day_by_day() -> None:
    first, second, third, fourth = volunteers(shapes.WEEK_GRID)
    assert windows(first) == "Mo 8-18 Uhr; Di 8-12 Uhr; Do 14-17 Uhr; Fr 13-17 Uhr"
    assert windows(second) == "Mo 14-20 Uhr; Do 8-12 Uhr; Do 13-17 Uhr"
    assert windows(third) == "Di 8-18 Uhr"
    assert windows(fourth) == ""


def test_headings_in_two_lines_are_read_together() -> None:
    first, second = volunteers(shapes.TWO_HEADING_LINES)
    assert first.draft is not None
    assert f"{first.draft.clearance_issued}" == "2026-06-01"
    assert windows(first) == "Mo 8-18 Uhr; Mi 8-12 Uhr"
    assert windows(second) == "Di 9-12 Uhr"
    [grouped] = volunteers(shapes.GROUP_OVER_DAYS)
    assert windows(grouped) == "Mo, Di 8-12 Uhr"


def test_every_second_week_without_a_known_week_is_no_time_yet() -> None:
    first, *_ = volunteers(shapes.EVERY_SECOND_WEEK)
    assert "8-12" not in windows(first)


def test_formulas_are_kept_as_text_in_the_question() -> None:
    second = volunteers(shapes.FORMULAS)[1]
    assert second.draft is not None
    assert second.draft.email == ""
    assert second.draft.questions[0].written.startswith("=HYPERLINK(")
    assert second.draft.phone == "+49 171 5550002"


def test_until_a_time_of_day_is_a_length() -> None:
    fourth = requests(shapes.REQUESTS)[3]
    assert fourth.draft is not None
    assert fourth.draft.duration_minutes == 90


def test_columns_that_requests_have_no_place_for_are_kept_in_the_note() -> None:
    ninth = requests(shapes.REQUESTS)[8]
    assert ninth.draft is not None
    assert ninth.draft.note == "E-Mail: leitung@example.org"


def test_a_label_tells_where_a_row_is() -> None:
    labels = [verdict.label for verdict in volunteers(shapes.SECTIONS_AND_TOTALS)]
    assert labels[1] == "Nr 1 · Beispiel, Ada"
    assert labels[5] == "Nr Summe · 2 Personen"
    assert requests(shapes.REQUESTS)[9].label == "Nr 10 · Kita Unbekannt, 20.01.2027 9:00"
