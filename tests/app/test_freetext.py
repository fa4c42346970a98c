"""What looks like data about a client."""

import pytest

from app.freetext import seems_personal


@pytest.mark.parametrize(
    "text",
    [
        "Klient: Ahmad Rahimi",
        "Mutter heißt Fatima Rahimi",
        "0151.2345678",
        "Tel 12345678",
        "Kind ist schwerbehindert",
        "Vater nach Schlaganfall",
    ],
)
def test_a_hint_at_a_person_is_noticed(text: str) -> None:
    assert seems_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "Mutter-Kind-Gruppe im Familienzentrum",
        "Gespräch mit Eltern und Kind am 01.02.2027",
        "Eltern: bitte Impfpass mitbringen",
        "Raum 0.12, Eingang Hinterhof",
    ],
)
def test_plain_words_are_no_person(text: str) -> None:
    assert not seems_personal(text)
