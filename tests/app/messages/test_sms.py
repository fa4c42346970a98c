"""Text messages: numbers as people write them, few signs, a gateway of every temper."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import db
from app.clock import now
from app.messages import numbers, sms, wording
from app.tables import Account, Event, MessageState
from tests.app.examples import MORNING
from tests.app.messages.conftest import Configure, Talk
from tests.app.messages.servers import Line


@pytest.fixture
def by_phone(talk: Talk, gateway: Line) -> Talk:
    """Dilan, whom only text messages reach."""
    talk.change(email="", phone="0170 / 123 45 67")
    with db.transaction(talk.engine) as session:
        account = session.get_one(Account, talk.cast.accounts["dilan"])
        account.email = ""
        session.add(account)
    return talk


def test_number_text_and_key_reach_the_gateway(by_phone: Talk, gateway: Line) -> None:
    message_id = by_phone.ask()
    by_phone.work()
    path, headers, _ = gateway.seen[0]
    assert path == "/sms"
    assert headers["authorization"] == "Bearer geheim"
    assert headers["idempotency-key"] == str(message_id)
    assert gateway.fields() == {
        "to": "+491701234567",
        "text": "Anfrage: 12.01. 10:00, Friedberg http://test/a/lw_geheimes-wort",
    }
    assert by_phone.message(message_id).state == MessageState.SENT


def test_the_fields_are_named_as_the_gateway_wants(
    by_phone: Talk, gateway: Line, configure: Configure
) -> None:
    configure(
        sms_format="form",
        sms_to_field="recipient",
        sms_text_field="message",
        sms_from="Lotsen",
        sms_from_field="sender",
        sms_token_header="X-Api-Key",
    )
    by_phone.ask()
    by_phone.work()
    sent = gateway.fields()
    assert (sent["recipient"], sent["sender"]) == ("+491701234567", "Lotsen")
    assert gateway.seen[0][1]["x-api-key"] == "geheim"
    assert "authorization" not in gateway.seen[0][1]


@pytest.mark.parametrize(
    ("code", "headers", "state", "pause"),
    [
        (503, {}, "queued", timedelta(minutes=1)),
        (429, {"Retry-After": "600"}, "queued", timedelta(minutes=10)),
        (401, {}, "queued", timedelta(minutes=1)),
        (302, {"Location": "http://127.0.0.1/"}, "queued", timedelta(minutes=1)),
        (422, {}, "dead", None),
    ],
)
def test_what_may_pass_is_tried_again(
    by_phone: Talk,
    gateway: Line,
    code: int,
    headers: dict[str, str],
    state: str,
    pause: timedelta | None,
) -> None:
    gateway.answer = lambda _line: (code, headers)
    message_id = by_phone.tell(Event.BOOKED)
    by_phone.work()
    message = by_phone.message(message_id)
    assert (message.state, message.failure) == (state, f"sms: status {code}")
    assert pause is None or message.due_at - now() == pause
    assert len(gateway.seen) == 1


def test_without_a_gateway_or_a_mobile_number_the_office_calls(
    by_phone: Talk, configure: Configure, gateway: Line
) -> None:
    by_phone.change(phone="06031 12345")
    by_phone.ask()
    by_phone.work()
    configure(sms_url="")
    by_phone.change(phone="0170 1234567")
    by_phone.ask(starts_at=MORNING + timedelta(hours=3))
    by_phone.work()
    assert by_phone.channels() == ["call", "call"]
    assert gateway.seen == []


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0170 1234567", "+491701234567"),
        ("0170/123 45-67", "+491701234567"),
        ("+49 (0) 170 1234567", "+491701234567"),
        ("+49 (0)170-1234567", "+491701234567"),
        ("+490170 1234567", "+491701234567"),
        ("0049 170 1234567", "+491701234567"),
        ("06031\u00a012345", "+49603112345"),
        ("+43 660 1234567", "+436601234567"),
        ("0043 660 1234567", "+436601234567"),
        ("", ""),
        ("12345", ""),
        ("0170", ""),
        ("nachmittags", ""),
        ("0170 1234567 (Tochter)", ""),
        ("+49170123456789012", ""),
        ("0", ""),
        ("+", ""),
        ("٠١٧٠١٢٣٤٥٦٧", ""),
    ],
)
def test_numbers_as_people_write_them(written: str, number: str) -> None:
    assert numbers.e164(written) == number


@given(st.text(max_size=40))
def test_whatever_is_written_a_number_is_one_or_none(written: str) -> None:
    number = numbers.e164(written)
    assert number == "" or (number[0] == "+" and number[1:].isdigit() and 9 <= len(number) <= 16)
    assert numbers.e164(number) == number


@pytest.mark.parametrize(
    ("number", "takes"),
    [
        ("+491511234567", True), ("+4915123456789", True), ("+491601234567", True),
        ("+491701234567", True), ("+49603112345", False), ("+4918012345", False),
        ("+436601234567", True), ("+49170123", False), ("", False),
    ],
)  # fmt: skip
def test_which_numbers_take_text_messages(number: str, takes: bool) -> None:
    assert numbers.takes_sms(number) is takes


@given(st.text(max_size=400))
def test_a_text_message_is_never_longer_than_two(short: str) -> None:
    text = sms.fitted(short)
    assert sms.places(text) <= sms.TWO
    assert set(text) <= sms.SIGNS | sms.DOUBLE


def test_letters_it_does_not_know_become_like_ones() -> None:
    assert sms.spelled("Şükrü – „Größe“ … Łódź") == 'Sükrü - "Größe" . Lódz'.replace("ó", "o")
    assert sms.spelled("ሰላም €5") == "??? €5"
    assert sms.places("€5") == 3


def test_the_link_stays_whole_when_words_are_cut(configure: Configure) -> None:
    configure(base_url="https://lotsen.example.org/")
    link = "https://lotsen.example.org/a/lw_" + "x" * 43
    text = sms.fitted("Anfrage: " + "Donaudampfschifffahrtsgesellschaft " * 20 + link)
    assert text.endswith(" " + link)
    assert sms.places(text) <= sms.TWO


def test_with_a_usual_address_it_is_one_message() -> None:
    link = "https://lotsen.example.org/a/lw_" + "x" * 43
    short = wording.brief("de", "Bereitschaft beendet", MORNING, "Bad Nauheim", link)
    assert sms.places(sms.fitted(short)) <= sms.ONE
