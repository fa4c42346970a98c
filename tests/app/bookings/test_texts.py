"""What is said about bookings: to whom, in which language, and what cannot break a letter.

That nothing which somebody typed is told stands in `tests/app/messages/test_privacy.py`.
"""

from dataclasses import replace

import pytest

from app.bookings import texts
from tests.app.messages.marked import PLACE, STREET, TO_INSTITUTIONS, URL, World, builders

OURS = {
    name.rpartition(".")[2]: builder
    for name, builder in builders().items()
    if builder.__module__ == texts.__name__
}
TO_HER = sorted(OURS.keys() - set(TO_INSTITUTIONS))
TO_THE_PLACE = sorted(OURS.keys() & set(TO_INSTITUTIONS))


@pytest.mark.parametrize("name", TO_HER)
@pytest.mark.parametrize(("locale", "greeting"), [("de", "Hallo Dilan,"), ("en", "Hello Dilan,")])
def test_she_is_told_in_her_language(name: str, locale: str, greeting: str) -> None:
    text = World(locale).make(OURS[name])
    assert text.body.startswith(greeting)
    assert "{" not in text.subject + text.body + text.short
    assert ("Vielen Dank" in text.body) == (locale == "de")
    assert 0 < len(text.subject) <= 200
    assert text.short
    assert PLACE not in text.short


@pytest.mark.parametrize("name", TO_THE_PLACE)
def test_the_institution_hears_a_given_name_at_most(name: str) -> None:
    text = World("de").make(OURS[name])
    assert text.body.startswith("Guten Tag,")
    assert "{" not in text.subject + text.body


@pytest.mark.parametrize(("mode", "said"), [("phone", "am Telefon"), ("video", "per Video")])
def test_who_is_called_need_not_go_anywhere(mode: str, said: str) -> None:
    text = texts.question(World("de", mode=mode).visit, URL)
    assert said in text.body
    assert STREET not in text.body


def test_a_name_cannot_break_the_letter() -> None:
    shown = World("de").visit
    shown = replace(shown, institution=shown.institution.model_copy(update={"name": "A {time}\nB"}))
    text = texts.question(shown, URL)
    assert "A {time} B" in text.body
