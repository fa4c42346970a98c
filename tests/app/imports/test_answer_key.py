"""The demo pool's lists give the demo pool's answer key, whatever shape the lists have."""

import csv
import io
from datetime import date, datetime, time
from random import Random

import pytest

from app.imports import Judged, judge, read_folder
from tests.app.imports import demo
from tests.app.imports.demo import KEY, Grid

VARIANTS = {
    "Nachname": "Familienname",
    "geb. am": "Geburtsdatum",
    "m/w/d": "Geschlecht",
    "PLZ": "Postleitzahl",
    "Rolle": "Tätigkeit",
    "Sprachen": "Sprache(n)",
    "FZ ausgestellt": "Führungszeugnis vom",
    "FZ gesehen": "Führungszeugnis gesehen am",
    "Telefon": "Handy",
    "Bemerkung": "Anmerkungen",
    "Verfügbarkeit": "Zeiten",
    "max. Std./Woche": "Stunden pro Woche",
    "Datum": "Termindatum",
    "Uhrzeit": "Beginn",
    "Dauer": "Zeitbedarf",
    "Ausweichtermin": "Alternativtermin",
    "w/m": "Geschlechtswunsch",
    "Einrichtung": "Institution",
    "Eingang": "eingegangen am",
    "Anlass": "Thema",
}


def assert_key(judged: Judged, *, renamed: bool = False) -> None:
    found = judged.as_json()
    for kind, key in KEY.items():
        assert found[kind]["rows"] == key["rows"]
        for fate in ("ask", "rejected"):
            wanted = {
                row: [_renamed(code) if renamed else code for code in codes]
                for row, codes in key.get(fate, {}).items()
            }
            assert found[kind][fate] == wanted


def _renamed(code: str) -> str:
    head, _, heading = code.partition(":")
    return f"column:{VARIANTS.get(heading, heading)}" if head == "column" else code


def _plain(text: str) -> str:
    """Letters Windows-1252 lacks, as people type them there."""
    return text.replace("ı", "i").replace("–", "-")


def _typed(cell: str) -> object:
    """A cell as a sheet holds it: numbers, days and times by their own types."""
    for pattern, convert in (("%d.%m.%Y", datetime.date), ("%H:%M", datetime.time)):
        try:
            return convert(datetime.strptime(cell, pattern))  # noqa: DTZ007
        except ValueError:
            continue
    try:
        return float(cell.replace(",", ".")) if "," in cell else int(cell)
    except ValueError:
        return cell


def test_demo_folder_gives_the_answer_key() -> None:
    lists = read_folder(demo.FOLDER)
    assert_key(judge(lists, policy=demo.policy, today=demo.TODAY))


def test_reading_twice_gives_the_same() -> None:
    files = {name: (demo.FOLDER / name).read_bytes() for name in demo.NAMES}
    assert demo.verdicts(files) == demo.verdicts(files)


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2027, 1, 31), date(2031, 6, 1)])
def test_answer_key_does_not_depend_on_the_day_of_the_import(today: date) -> None:
    assert_key(judge(read_folder(demo.FOLDER), policy=demo.policy, today=today))


@pytest.mark.parametrize(
    ("delimiter", "encoding", "line_end"),
    [
        (";", "utf-8", "\n"),
        (",", "utf-8-sig", "\r\n"),
        ("\t", "utf-8", "\r"),
        ("|", "utf-8", "\n"),
        ("\t", "utf-16", "\r\n"),
    ],
)
def test_same_lists_as_other_csv_give_the_answer_key(
    delimiter: str, encoding: str, line_end: str
) -> None:
    files = {
        name: demo.as_csv(grid, delimiter, encoding, line_end)
        for name, grid in demo.grids().items()
    }
    assert_key(demo.verdicts(files))


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "mac_roman"])
def test_old_single_byte_encodings_give_the_answer_key(encoding: str) -> None:
    files = {
        name: demo.as_csv([[_plain(cell) for cell in row] for row in grid], ";", encoding)
        for name, grid in demo.grids().items()
    }
    judged = demo.verdicts(files)
    assert_key(judged)
    assert judged.volunteers[18].draft is not None
    assert judged.volunteers[18].draft.given_name == "Gülsen"


def test_workbook_with_three_sheets_gives_the_answer_key() -> None:
    titles = {"freiwillige.csv": "Tabelle1", "einrichtungen.csv": "Orte", "anfragen.csv": "2027"}
    sheets = {
        titles[name]: [grid[0], *([_typed(cell) for cell in row] for row in grid[1:])]
        for name, grid in demo.grids().items()
    }
    assert_key(demo.verdicts({"pool.xlsx": demo.as_xlsx(sheets)}))


def test_other_headings_give_the_answer_key_in_their_words() -> None:
    files = {
        name: demo.as_csv([[VARIANTS.get(heading, heading) for heading in grid[0]], *grid[1:]])
        for name, grid in demo.grids().items()
    }
    assert_key(demo.verdicts(files), renamed=True)


def test_shuffled_columns_and_title_lines_give_the_answer_key() -> None:
    random = Random(7)
    files = {}
    for name, grid in demo.grids().items():
        order = list(range(len(grid[0])))
        random.shuffle(order)
        shuffled = [[row[at] for at in order if at < len(row)] for row in _padded(grid)]
        files[name] = demo.as_csv([["Sprachpool, Stand Januar 2027"], [], *shuffled])
    assert_key(demo.verdicts(files))


def test_lists_are_known_by_their_headings_when_the_names_say_nothing() -> None:
    files = {f"liste{at}.csv": demo.as_csv(g) for at, g in enumerate(demo.grids().values())}
    assert_key(demo.verdicts(files))


def test_rows_without_a_number_column_are_counted_from_one() -> None:
    files = {name: demo.as_csv([row[1:] for row in grid]) for name, grid in demo.grids().items()}
    assert_key(demo.verdicts(files))


def test_a_formula_in_a_workbook_stays_text() -> None:
    row = [*demo.VOLUNTEER.values(), '=HYPERLINK("http://example.org","klick")']
    sheets = {"Freiwillige": [[*demo.VOLUNTEER, "Bemerkung"], row]}
    [verdict] = demo.verdicts({"freiwillige.xlsx": demo.as_xlsx(sheets)}).volunteers
    assert verdict.draft is not None
    assert verdict.draft.note.startswith("=HYPERLINK(")


def test_times_and_lengths_of_a_workbook_are_read() -> None:
    good = demo.REQUEST | {"Datum": "", "Uhrzeit": "", "Dauer": ""}
    typed = list(good.values())
    typed[3:6] = [datetime(2027, 1, 12), time(14, 30), time(1, 30)]  # noqa: DTZ001
    book = demo.as_xlsx({"Anfragen": [list(good), typed]})
    [verdict] = demo.verdicts({"anfragen.xlsx": book}, demo.TOWN_HALL).requests
    assert verdict.draft is not None
    assert (verdict.draft.day, verdict.draft.start_minute) == (date(2027, 1, 12), 870)
    assert verdict.draft.duration_minutes == 90


def _padded(grid: Grid) -> Grid:
    width = len(grid[0])
    return [row + [""] * (width - len(row)) for row in grid]


def test_demo_lists_are_the_size_the_key_says() -> None:
    text = (demo.FOLDER / "anfragen.csv").read_text("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text), delimiter=";"))) == 122
