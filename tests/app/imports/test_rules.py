"""The rules by which rows are accepted, asked about or rejected."""

from datetime import date

import pytest

from app.imports import KnownInstitution, sentence
from app.imports.institutions import finder
from app.imports.sentences import SENTENCES
from tests.app.imports import demo
from tests.app.imports.demo import requests, volunteers


def codes(change: dict[str, str]) -> tuple[str, ...]:
    """The codes of one volunteer that differs from a good row."""
    return volunteers(change).volunteers[0].codes


def asked(change: dict[str, str]) -> tuple[str, ...]:
    """The codes of one request that differs from a good row."""
    return requests(change).requests[0].codes


def test_a_good_row_is_accepted() -> None:
    assert volunteers({}).volunteers[0].fate == "accepted"
    assert requests({}).requests[0].fate == "accepted"


def test_the_first_unreadable_required_column_from_the_left_rejects() -> None:
    assert codes({"PLZ": "6365", "Rolle": "Koch"}) == ("column:PLZ",)
    assert codes({"Sprachen": ""}) == ("column:Sprachen",)
    assert asked({"Datum": "31.11.2027", "Uhrzeit": "25:00"}) == ("column:Datum",)


def test_an_unreadable_optional_column_asks() -> None:
    verdict = volunteers({"IBAN": "DE91 5005 0000 4070 3789 21"}).volunteers[0]
    assert (verdict.fate, verdict.codes) == ("ask", ("column:IBAN",))
    assert verdict.draft is not None
    assert verdict.draft.questions[0].written.startswith("DE91")


def test_rejected_wins_over_ask() -> None:
    verdict = volunteers({"PLZ": "6365", "Sprachen": "Kurdisch"}).volunteers[0]
    assert (verdict.fate, verdict.codes) == ("rejected", ("column:PLZ",))


def test_a_paper_seen_before_it_was_issued_is_not_stored() -> None:
    change = {"FZ ausgestellt": "02.04.2021", "FZ gesehen": "13.03.2021"}
    verdict = volunteers(change).volunteers[0]
    assert verdict.codes == ("paper:seen_before_issued",)
    assert verdict.draft is not None
    assert verdict.draft.clearance_seen is None


def test_the_second_of_two_equal_people_is_rejected() -> None:
    judged = volunteers({"Nachname": "Müller"}, {"Nachname": "MUELLER"}).volunteers
    assert judged[1].codes == ("duplicate:1",)


def test_a_rejected_row_makes_no_duplicate() -> None:
    judged = volunteers({"PLZ": "6365"}, {}).volunteers
    assert [verdict.fate for verdict in judged] == ["rejected", "accepted"]


def test_the_same_request_twice_is_rejected() -> None:
    judged = requests({"Sprache": "Kurmandschi"}, {"Sprache": "Kurmanci", "Uhrzeit": "10 Uhr"})
    assert judged.requests[1].codes == ("duplicate:1",)


@pytest.mark.parametrize(("born", "measles"), [("31.12.1970", "not_needed"), ("01.01.1971", None)])
def test_measles_proof_is_needed_from_birth_year_1971_on(born: str, measles: str | None) -> None:
    verdict = volunteers({"geb. am": born, "Masern": "nicht nötig"}).volunteers[0]
    assert verdict.fate == "accepted"
    assert verdict.draft is not None
    assert verdict.draft.measles == measles
    assert verdict.warnings == (() if measles else ("measles:proof_missing",))


def test_availability_that_is_not_understood_asks() -> None:
    assert codes({"Verfügbarkeit": "wenn der Mond scheint"}) == ("column:Verfügbarkeit",)


def test_a_dash_for_a_given_name_is_a_one_word_name() -> None:
    verdict = volunteers({"Vorname": "-"}).volunteers[0]
    assert verdict.fate == "accepted"
    assert codes({"Vorname": ""}) == ("column:Vorname",)
    assert codes({"Nachname": "-", "Vorname": "-"}) == ("column:Nachname",)


def test_columns_nobody_knows_are_kept_in_the_note() -> None:
    verdict = volunteers({"Lieblingstier": "Igel"}).volunteers[0]
    assert verdict.draft is not None
    assert verdict.draft.note == "Lieblingstier: Igel"


def test_cells_beyond_the_headings_ask() -> None:
    text = demo.list_of(demo.VOLUNTEER).decode().rstrip("\n") + ";verrutscht\n"
    [verdict] = demo.verdicts({"freiwillige.csv": text.encode()}).volunteers
    assert verdict.codes == ("column:Spalte 9",)


def test_an_unknown_institution_rejects() -> None:
    assert asked({"Einrichtung": "Kita Unbekannt"}) == ("institution:unknown",)


@pytest.mark.parametrize(
    ("column", "remark", "wanted", "gender"),
    [
        ("egal", "nur Frau!!", ("gender:conflict",), "f"),
        ("m", "nur Frau!!", ("gender:conflict",), "f"),
        ("w", "nur Frau!!", (), "f"),
        ("", "nur Frau!!", (), "f"),
        ("egal", "", (), None),
        ("m", "nur weibliche Dolmetscherin", ("gender:conflict",), "f"),
    ],
)
def test_column_and_remark_may_disagree_about_the_gender(
    column: str, remark: str, wanted: tuple[str, ...], gender: str | None
) -> None:
    verdict = requests({"w/m": column, "Bemerkung": remark}).requests[0]
    assert verdict.codes == wanted
    assert verdict.draft is not None
    assert (verdict.draft.gender, verdict.draft.gender_hard) == (gender, bool(remark))


def test_codes_of_one_row_stand_in_a_fixed_order() -> None:
    change = {
        "Einrichtung": "Jobcenter Echzell",
        "Sprache": "Kurdisch",
        "w/m": "egal",
        "Bemerkung": "nur Frau!! Herr Demir kommt mit",
        "Eingang": "gestern",
    }
    assert asked(change) == (
        "column:Eingang",
        "language:Kurdisch",
        "policy:Jobcenter",
        "personal_data:note",
        "gender:conflict",
    )


def test_guides_may_be_asked_for_by_a_column() -> None:
    verdict = requests({"Einrichtung": "Jobcenter Echzell", "Leistung": "Begleitung"}).requests[0]
    assert verdict.fate == "accepted"
    assert verdict.draft is not None
    assert verdict.draft.role == "guide"


@pytest.mark.parametrize(("day", "time"), [("29.03.2026", "02:30"), ("25.10.2026", "2.30 Uhr")])
def test_hours_the_clock_change_takes_or_doubles_are_unreadable(day: str, time: str) -> None:
    assert asked({"Datum": day, "Uhrzeit": time}) == ("column:Uhrzeit",)


@pytest.mark.parametrize(
    ("text", "count", "wanted"),
    [
        ("13.01.2027 10:00", 1, ()),
        ("13.01.2027, 10 Uhr oder Do 14.01.2027 9:30 Uhr", 2, ()),
        ("13.01.2027 10:00; 14.01.2027 9:00", 2, ()),
        ("13.01.2027", 0, ("column:Ausweichtermin",)),
        ("31.02.2027 10:00", 0, ("column:Ausweichtermin",)),
        ("14.01.2027, 15.01.2027 9:00", 1, ("column:Ausweichtermin",)),
        ("13.01.2027 25:00", 0, ("column:Ausweichtermin",)),
        ("nächste Woche", 0, ("column:Ausweichtermin",)),
    ],
)
def test_alternatives_are_read_or_asked_about(
    text: str, count: int, wanted: tuple[str, ...]
) -> None:
    verdict = requests({"Ausweichtermin": text}).requests[0]
    assert verdict.codes == wanted
    assert verdict.draft is not None
    assert len(verdict.draft.alternatives) == count


def test_a_weekend_alternative_is_a_warning() -> None:
    verdict = requests({"Ausweichtermin": "16.01.2027 10:00"}).requests[0]
    assert (verdict.fate, verdict.warnings) == ("accepted", ("alternative:weekend",))


def test_an_empty_mode_means_on_site() -> None:
    verdict = requests({"Art": ""}).requests[0]
    assert verdict.draft is not None
    assert verdict.draft.mode == "on_site"


def test_date_and_time_may_share_a_column_and_an_end_may_stand_for_a_duration() -> None:
    row = {
        "Einrichtung": "Rathaus Musterstadt",
        "Termin": "12.01.2027 10:00 Uhr",
        "Ende": "11:15",
        "Sprache": "Dari",
    }
    [verdict] = demo.verdicts({"termine.csv": demo.list_of(row)}, demo.TOWN_HALL).requests
    assert verdict.draft is not None
    assert (verdict.draft.day, verdict.draft.start_minute) == (date(2027, 1, 12), 600)
    assert verdict.draft.duration_minutes == 75


def test_an_end_before_the_start_rejects() -> None:
    row = {**demo.REQUEST, "Ende": "9:00"}
    del row["Dauer"]
    [verdict] = demo.verdicts({"termine.csv": demo.list_of(row)}, demo.TOWN_HALL).requests
    assert verdict.codes == ("column:Ende",)


def test_a_town_decides_between_institutions_of_one_name() -> None:
    here = KnownInstitution("Kita Regenbogen", "61169", "Friedberg", "daycare", "Kita")
    there = KnownInstitution("Kita Regenbogen", "63667", "Nidda", "daycare", "Kita")
    find = finder([here, there])
    assert find("KITA Regenbogen", "Nidda") == there
    assert find("Kita Regenbogen", "") is None
    assert finder([here])("Kita-Regenbogen", "") == here


def test_every_code_has_a_sentence_in_both_languages() -> None:
    values = dict.fromkeys(("name", "heading", "limit", "line", "other", "written"), "x")
    for code in SENTENCES:
        for locale in ("de", "en"):
            text = sentence(code if ":" in code else f"{code}:x", values, locale)
            assert text.endswith((".", "?", "eintragen.", "exactly."))
            assert "{" not in text


def test_a_sentence_quotes_what_was_written() -> None:
    assert "„6365“" in sentence("column:PLZ", {"written": "6365"})
    with pytest.raises(ValueError, match="no sentence"):
        sentence("weather:bad")


@pytest.mark.parametrize(
    ("column", "wanted"), [("", ()), ("egal", ()), ("m", ()), ("w", ("gender:conflict",))]
)
def test_a_preference_in_the_remark_contradicts_only_the_other_gender(
    column: str, wanted: tuple[str, ...]
) -> None:
    verdict = requests({"w/m": column, "Bemerkung": "Herr bevorzugt"}).requests[0]
    assert verdict.codes == wanted
    assert verdict.draft is not None
    assert (verdict.draft.gender, verdict.draft.gender_hard) == ("m", False)


def test_an_institution_is_found_with_its_town_beside_its_name() -> None:
    school = KnownInstitution("Löwenzahnschule", "34117", "Kassel", "primary_school", "Schule")
    find = finder([school])
    assert find("Löwenzahnschule Kassel", "Kassel") == school
    assert find("Löwenzahnschule, Kassel", "") == school
    assert find("Löwenzahnschule Nidda", "") is None


def test_a_sheet_that_repeats_the_day_before_the_time_is_read() -> None:
    verdict = requests({"Uhrzeit": "12.01.2027 10:30"}).requests[0]
    assert verdict.draft is not None
    assert verdict.draft.start_minute == 630
    assert asked({"Uhrzeit": "13.01.2027 10:30"}) == ("column:Uhrzeit",)


def test_a_heading_used_twice_asks_when_the_cells_differ() -> None:
    text = demo.list_of(demo.REQUEST).decode()
    heading, row = text.splitlines()
    for second, wanted in (("13.01.2027", ("column:Datum",)), ("12.01.2027", ())):
        data = f"{heading};Datum\n{row};{second}\n".encode()
        [verdict] = demo.verdicts({"anfragen.csv": data}, demo.TOWN_HALL).requests
        assert verdict.codes == wanted
