"""Remarks: rules are read, everything else stays a note."""

from datetime import date

import pytest

from app.freetext import seems_personal
from app.imports.remarks import read_request_remark, read_volunteer_remark

AFTER = date(2027, 1, 14)


def test_phone_only_and_no_car_are_rules() -> None:
    remark = read_volunteer_remark("nur telefonisch, kein Auto", AFTER)
    assert remark.phone_only
    assert remark.transport == "public_transport"
    assert remark.note == ""


@pytest.mark.parametrize("text", ["kein eigenes Auto", "fährt nur ÖPNV", "mit Bus und Bahn"])
def test_bus_and_train_have_many_words(text: str) -> None:
    assert read_volunteer_remark(text, AFTER).transport == "public_transport"
    assert read_volunteer_remark("nur tel.", AFTER).phone_only


def test_only_kinds_and_excluded_kinds_are_rules() -> None:
    assert "daycare" in read_volunteer_remark("nur Kita/Schule", AFTER).only_kinds
    assert "primary_school" in read_volunteer_remark("nur Kita, Schule", AFTER).only_kinds
    assert read_volunteer_remark("nicht Sozialamt", AFTER).excluded_kinds == ("social_office",)


def test_absence_is_its_next_occurrence_after_the_newest_request() -> None:
    absence = read_volunteer_remark("Urlaub 18.01.-22.01.", AFTER).absence
    assert absence is not None
    assert (absence.first, absence.last) == (date(2027, 1, 18), date(2027, 1, 22))


def test_absence_with_other_words_is_a_rule_and_a_note() -> None:
    remark = read_volunteer_remark("Urlaub 18.01.-22.01. danach nur mit Hund", AFTER)
    assert remark.absence is not None
    assert remark.note == "Urlaub 18.01.-22.01. danach nur mit Hund"


def test_absence_that_cannot_be_read_is_a_note_with_a_warning() -> None:
    remark = read_volunteer_remark("Urlaub irgendwann", AFTER)
    assert remark.unread_absence
    assert remark.note == "Urlaub irgendwann"


@pytest.mark.parametrize(
    "text", ["nur telefonisch erreichbar", "nicht Montag", "mag Hunde", '=HYPERLINK("x";"y")']
)
def test_anything_else_is_kept_as_a_note(text: str) -> None:
    remark = read_volunteer_remark(text, AFTER)
    assert remark.note == text
    assert (remark.phone_only, remark.excluded_kinds, remark.only_kinds) == (False, (), ())


@pytest.mark.parametrize(
    "text",
    [
        "nur Frau!!",
        "bitte nur Frauen",
        "NUR FRAU",
        "nur eine Frau",
        "nur weibliche Dolmetscherin!",
        "bitte keine Männer",
        "Frau zwingend erforderlich",
    ],
)
def test_only_a_woman_is_a_hard_wish(text: str) -> None:
    remark = read_request_remark(text)
    assert (remark.only, remark.note) == ("f", "")


def test_wish_beside_other_words_keeps_the_words() -> None:
    remark = read_request_remark("nur Frau!! Eingang Hinterhof")
    assert (remark.only, remark.note) == ("f", "Eingang Hinterhof")


def test_same_person_is_wished_or_not() -> None:
    assert read_request_remark("gerne wieder die gleiche Person").same_person_wished
    assert not read_request_remark("nicht wieder die gleiche Person").same_person_wished


@pytest.mark.parametrize(
    "text",
    [
        "Frau Al-Khatib, geb. 12.03.1988, Tel. 0151 23456789",
        "Herr Demir kommt mit",
        "nur Frau Demir",
        "geb. 12.03.1988",
        "bitte anrufen: 0151 23456789",
        "Verdacht auf Depression",
        "Familie Haddad",
    ],
)
def test_personal_data_is_noticed(text: str) -> None:
    assert seems_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "nur Frau!!",
        "Eingang Hinterhof",
        "bitte 10 Minuten vorher da sein",
        "nur Frau bitte",
        "Hilfeplangespräch",
        "Impfberatung",
        "Raum 12, ab 14.01.2027 10:00",
        "",
    ],
)
def test_plain_remarks_are_no_personal_data(text: str) -> None:
    assert not seems_personal(text)


@pytest.mark.parametrize(
    ("text", "rather"),
    [("Herr bevorzugt", "m"), ("gerne Frau", "f"), ("Dolmetscherin gewünscht", "f")],
)
def test_a_preference_is_a_soft_wish(text: str, rather: str) -> None:
    remark = read_request_remark(text)
    assert (remark.only, remark.rather, remark.note) == (None, rather, "")


@pytest.mark.parametrize(
    "text", ["Frau unbedingt zurückrufen", "Es ist kein Mann im Haus", "keine Frau Demir hier"]
)
def test_somebody_who_is_only_mentioned_is_no_wish(text: str) -> None:
    remark = read_request_remark(text)
    assert (remark.only, remark.rather, remark.note) == (None, None, text)
