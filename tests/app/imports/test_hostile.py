"""Lists that are broken, huge or meant to do harm."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.imports import ListError, read_files
from tests.app.imports import demo
from tests.app.imports.demo import REQUEST, VOLUNTEER, list_of, requests, volunteers

GOOD = list_of(VOLUNTEER)


def refused(name: str, data: bytes) -> str:
    """The code with which a file is refused; its sentence names the file."""
    with pytest.raises(ListError) as caught:
        read_files({name: data})
    assert name in str(caught.value)
    assert name in caught.value.sentence("en")
    return caught.value.code


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \r\n\r\n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refused("freiwillige.csv", data) == "list:empty"


def test_a_list_of_empty_cells_is_refused() -> None:
    assert refused("freiwillige.csv", b";;;\n;;;\n") == "list:empty"


def test_a_list_without_headings_is_refused() -> None:
    body = GOOD.split(b"\n", 1)[1]
    assert refused("freiwillige.csv", body) == "list:no_headings"
    assert refused("liste.csv", body) == "list:unknown"


def test_a_list_without_a_required_column_is_refused_by_its_name() -> None:
    row = {heading: cell for heading, cell in VOLUNTEER.items() if heading != "PLZ"}
    with pytest.raises(ListError, match="„PLZ“"):
        read_files({"freiwillige.csv": list_of(row)})


def test_nul_bytes_are_refused() -> None:
    assert refused("freiwillige.csv", GOOD + b"\x00") == "list:nul"
    assert refused("freiwillige.csv", b"\xff\x00\x00" + GOOD) == "list:nul"


@pytest.mark.parametrize("head", [b"%PDF-1.7", b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"PK\x05\x06"])
def test_files_that_are_no_lists_are_refused(head: bytes) -> None:
    assert refused("freiwillige.xlsx", head + b"rest") == "list:unreadable"


def test_a_broken_workbook_is_refused() -> None:
    book = demo.as_xlsx({"Freiwillige": [list(VOLUNTEER)]})
    assert refused("freiwillige.xlsx", book[: len(book) // 2]) == "list:unreadable"


def test_too_many_bytes_rows_or_columns_are_refused() -> None:
    heading, row, _ = GOOD.split(b"\n")
    assert refused("freiwillige.csv", GOOD * 200_000) == "list:too_large"
    many = heading + b"\n" + (row + b"\n") * 20_001
    assert refused("freiwillige.csv", many) == "list:too_many_rows"
    wide = heading + b";x" * 300 + b"\n" + row + b"\n"
    assert refused("freiwillige.csv", wide) == "list:too_many_columns"


def test_a_workbook_with_300_columns_is_refused() -> None:
    book = demo.as_xlsx({"Freiwillige": [[*VOLUNTEER, *["x"] * 300], [*VOLUNTEER.values()]]})
    assert refused("freiwillige.xlsx", book) == "list:too_many_columns"


def test_the_same_kind_of_list_twice_is_refused() -> None:
    with pytest.raises(ListError) as caught:
        read_files({"freiwillige.csv": GOOD, "dolmetscher.csv": GOOD})
    assert caught.value.code == "list:twice"


def test_an_open_quotation_mark_does_not_swallow_rows() -> None:
    rows = [{**VOLUNTEER, "Nr": str(at)} for at in range(1, 5)]
    text = list_of(*rows).decode().replace("2;Tesfaye", '2;"Tesfaye')
    assert refused("freiwillige.csv", text.encode()) == "list:quotation"


def test_quotation_marks_inside_a_cell_are_text() -> None:
    text = list_of(VOLUNTEER).decode().replace("Tesfaye", 'Tes "T" faye')
    [verdict] = demo.verdicts({"freiwillige.csv": text.encode()}).volunteers
    assert verdict.draft is not None
    assert verdict.draft.surname == 'Tes "T" faye'


@pytest.mark.parametrize("heading", [*VOLUNTEER, "Bemerkung", "Verfügbarkeit", "Sonst was"])
def test_a_cell_of_a_megabyte_is_never_stored_whole(heading: str) -> None:
    if heading == "Nr":
        return
    verdict = volunteers({heading: "x(" * 500_000}).volunteers[0]
    assert verdict.fate != "accepted"
    assert len(repr(verdict)) < 20_000


@pytest.mark.parametrize("heading", [*REQUEST, "Anlass", "Ausweichtermin", "w/m", "Ort"])
def test_a_megabyte_in_a_request_asks_or_rejects(heading: str) -> None:
    if heading == "Nr":
        return
    # A reader that goes over such a cell again and again would never come back.
    verdict = requests({heading: "T0:" * 300_000}).requests[0]
    assert verdict.fate != "accepted"


@pytest.mark.parametrize("cell", ["=1+1", "+49", "@SUM(A1)", '=HYPERLINK("http://example.org")'])
def test_formulas_in_a_note_stay_text(cell: str) -> None:
    verdict = volunteers({"Bemerkung": cell}).volunteers[0]
    assert verdict.draft is not None
    assert verdict.draft.note == cell


def test_a_number_used_twice_keeps_both_rows_apart() -> None:
    judged = volunteers({}, {"Nr": "1", "Nachname": "Demir"}, {"Nr": "", "Nachname": "Kaya"})
    assert [verdict.row for verdict in judged.volunteers] == ["1", "1 (2)", "3"]


def _readable(text: str) -> str:
    """What a CSV file can hold: no lone surrogates, no NUL; the writer quotes no bare CR."""
    return text.encode("utf-8", "ignore").decode().replace("\x00", "").replace("\r", "\n")


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([*VOLUNTEER, "IBAN", "Verfügbarkeit", "Bemerkung"]), st.text(max_size=60))
def test_any_cell_of_a_volunteer_gets_a_verdict(heading: str, text: str) -> None:
    readable = _readable(text)
    [verdict] = volunteers({heading: readable}).volunteers
    assert verdict.fate in ("accepted", "ask", "rejected")
    assert bool(verdict.codes) == (verdict.fate != "accepted")


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([*REQUEST, "Ausweichtermin", "Art"]), st.text(max_size=60))
def test_any_cell_of_a_request_gets_a_verdict(heading: str, text: str) -> None:
    readable = _readable(text)
    [verdict] = requests({heading: readable}).requests
    assert (verdict.draft is None) == (verdict.fate == "rejected")


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(ListError):
        assert read_files({"freiwillige.csv": data}).volunteers is not None


def test_a_row_of_a_million_empty_cells_is_refused() -> None:
    with pytest.raises(ListError, match="200"):
        read_files({"freiwillige.csv": b"Nachname;Vorname\n" + b";" * 1_000_000})
