"""Which column is which, in the words of other pools."""

from pathlib import Path

import pytest

from app.imports import ListError, read_folder
from app.imports.headings import ListKind, table

VOLUNTEERS = ("Nachname", "Vorname", "geb. am", "PLZ", "Rolle", "Sprachen")
REQUESTS = ("Einrichtung", "Datum", "Uhrzeit", "Dauer", "Sprache")


def field_of(heading: str, kind: ListKind, others: tuple[str, ...]) -> str | None:
    """The field a heading means beside the required ones."""
    columns = table(kind, "liste.csv", [(*others, heading)]).columns
    return next((field for field, at in columns.items() if len(others) in at), None)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Laufende Nr.", "row"),
        ("#", "row"),
        ("Geschl.", "gender"),
        ("Telefon/Handy", "phone"),
        ("Schulung abgeschlossen am", "training_day"),
        ("Ausstellungsdatum Führungszeugnis", "clearance_issued"),
        ("eingesehen am", "clearance_seen"),
        ("Einsichtnahme", "clearance_seen"),
        ("Schweigepflicht unterschrieben", "declaration_day"),
        ("Masernschutz vorhanden", "measles"),
        ("Tage/Zeiten", "availability"),
        ("Std/Wo", "week_hours"),
        ("Kontonummer (IBAN)", "iban"),
        ("Bemerkungen/Hinweise", "remark"),
        ("Lieblingstier", None),
    ],
)
def test_columns_of_volunteers_have_many_names(heading: str, field: str | None) -> None:
    assert field_of(heading, "volunteers", VOLUNTEERS) == field


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Anfrage-Nr.", "row"),
        ("Angefragt am", "received"),
        ("Worum geht es", "topic"),
        ("vor Ort/Telefon/Video", "mode"),
        ("m/w/egal", "gender"),
        ("Geschlecht Dolmetscher/in", "gender"),
        ("2. Termin", "alternatives"),
        ("Ihr Zeichen", "case_number"),
        ("Mitteilung", "remark"),
    ],
)
def test_columns_of_requests_have_many_names(heading: str, field: str) -> None:
    assert field_of(heading, "requests", REQUESTS) == field


def test_a_required_column_may_name_several_things() -> None:
    headings = ("Einrichtung/Behörde", "Datum Termin", "Beginn", "Dauer in Min.", "Sprachwunsch")
    columns = table("requests", "liste.csv", [headings]).columns
    assert set(columns) == {"institution", "day", "start", "duration", "language"}


def test_a_heading_of_several_names_never_takes_a_column_that_is_there() -> None:
    headings = ("Anschrift (Straße/PLZ/Ort)", *VOLUNTEERS)
    assert table("volunteers", "liste.csv", [headings]).columns["postal_code"] == (4,)


def test_an_empty_folder_says_what_belongs_there(tmp_path: Path) -> None:
    with pytest.raises(ListError) as caught:
        read_folder(tmp_path)
    assert caught.value.code == "list:none"


@pytest.mark.parametrize("name", ["Termine.xls", "Freiwillige.ods"])
def test_a_sheet_of_another_kind_is_not_left_out_in_silence(tmp_path: Path, name: str) -> None:
    (tmp_path / "einrichtungen.csv").write_text("Einrichtung;Art\nKita Mond;Kita\n")
    (tmp_path / "notizen.pdf").write_bytes(b"%PDF")
    assert read_folder(tmp_path).institutions is not None
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(ListError) as caught:
        read_folder(tmp_path)
    assert caught.value.code == "list:unreadable"
