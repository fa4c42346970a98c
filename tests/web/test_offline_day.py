"""A day without network: what she reads, says and enters is there, and is sent once."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, select

from app.tables import Assignment, ServiceRecord
from tests.web import kept, stories
from tests.web.conftest import Ground, served
from tests.web.phones import Device, device
from tests.web.service import Service, ahead_of

NOON = datetime(2027, 1, 5, 10, 40, tzinfo=UTC)
"""Tuesday, 11:40: her first appointment is over, the second one is to come."""
SECRET = "Geheimwort"
RECORDS = "**/api/v1/service-records"
HOURS = "Stunden bei Löwenzahnschule"
Pair = tuple[stories.Row, stories.Row]


@pytest.fixture(scope="module")
def eve(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Pair]]:
    """The day before: she is booked twice, and the school has written what is nobody's business."""
    said = {"note": f"{SECRET} am Tor", "topic": f"{SECRET} im Gespräch"}
    with served(ground, tmp_path_factory.mktemp("eve")) as service:
        first = stories.booked(service, "dilan", start="10:00", **said)
        second = stories.booked(service, "dilan", start="12:30", **said)
        service.stop()
        service.engine.dispose()
        yield service.engine, (first, second)


@pytest.fixture
def pair(eve: tuple[Engine, Pair]) -> Pair:
    """Her two appointments of the day."""
    return eve[1]


@pytest.fixture
def service(ground: Ground, eve: tuple[Engine, Pair], tmp_path: Path) -> Iterator[Service]:
    """The service on the day itself."""
    today = replace(ground, gathered=(eve[0], ground.gathered[1]))
    with served(today, tmp_path / "var", ahead_of(NOON)) as made:
        yield made


@pytest.fixture
def phone(browser: Browser, service: Service) -> Iterator[Device]:
    """Dilan's, with everything she needs for the day on it."""
    with device(browser, service, "dilan") as held:
        held.open("/")
        held.reads("Löwenzahnschule")
        held.keep_app()
        held.open("/hours")
        held.reads("Stunden eintragen")
        yield held


def rows(service: Service, table: type[SQLModel]) -> list[SQLModel]:
    """What really stands in the database."""
    with Session(service.engine) as session:
        return list(session.exec(select(table)).all())


def enter_hours(phone: Device, assignment: str, code: str = "") -> None:
    """Say how long it was, as planned."""
    phone.open(f"/hours/{assignment}")
    phone.page.get_by_label("Code der Einrichtung").fill(code)
    phone.press("Stunden senden")


def sent(phone: Device) -> None:
    """Nothing waits any more."""
    expect(phone.page.get_by_text("wartet auf Verbindung und wird dann gesendet")).to_have_count(0)
    expect(phone.page.get_by_text("warten auf Verbindung")).to_have_count(0)


def test_a_day_without_network_is_sent_once_by_itself(
    phone: Device, service: Service, pair: Pair
) -> None:
    first, second = pair
    code = service.call("selin", "GET", f"/assignments/{first['id']}/code")["code"]
    service.stop()
    phone.context.set_offline(True)

    phone.reopen("/")
    phone.reads("Keine Verbindung. Sie sehen, was dieses Gerät zuletzt gelesen hat.")
    phone.reads("Stand: Di., 5. Jan., 11:")
    expect(phone.page.locator("article.next")).to_contain_text("12:30–13:30")
    phone.press("Ich bin unterwegs")
    phone.reads("Wartet auf Verbindung und wird dann gesendet.")
    enter_hours(phone, first["id"], code)
    phone.reads("Ihre Stunden sind auf diesem Gerät gespeichert.")

    phone.reopen("/")
    phone.reads("2 Angaben warten auf Verbindung")
    phone.reads("Unterwegs seit 11:")

    service.start()
    phone.context.set_offline(False)
    sent(phone)
    phone.open(f"/hours/{first['id']}")
    phone.reads("bestätigt")
    [record] = rows(service, ServiceRecord)
    assert (record.state, record.minutes) == ("confirmed", 60)  # type: ignore[attr-defined]
    ways = {str(one.id): one.on_the_way_at for one in rows(service, Assignment)}  # type: ignore[attr-defined]
    assert ways[second["id"]] is not None
    assert ways[first["id"]] is None


def test_a_code_that_proves_wrong_later_is_told(
    phone: Device, service: Service, pair: Pair
) -> None:
    first, _ = pair
    code = service.call("selin", "GET", f"/assignments/{first['id']}/code")["code"]
    service.stop()
    phone.context.set_offline(True)
    enter_hours(phone, first["id"], str((int(code) + 1) % 1_000_000).zfill(6))
    phone.reads("Ihre Stunden sind auf diesem Gerät gespeichert.")
    phone.reopen("/")
    service.start()
    phone.context.set_offline(False)
    phone.reads("Eine Angabe ist angekommen, und es gibt dazu eine Antwort.")
    phone.page.get_by_role("link", name="Ansehen").click()
    phone.reads("angekommen")
    phone.reads(HOURS)
    expect(phone.page.locator("article.card")).to_contain_text("Code")
    phone.press("Verstanden, entfernen")
    phone.reads("Alles ist gesendet.")
    [record] = rows(service, ServiceRecord)
    assert record.state == "reported"  # type: ignore[attr-defined]


@dataclass
class Line:
    """Between app and service: the keys of the reports on it, and whether it loses the answers."""

    keys: list[str] = field(default_factory=list)
    loses: bool = True


def lossy(page: Page, *, afresh: bool = False) -> Line:
    """The service takes a report, and its answer is lost, until the line is good again.

    With `afresh` every sending has a key of its own, as in an app that does not think of it.
    """
    line = Line()

    def on_its_way(route: Route) -> None:
        headers = dict(route.request.headers)
        if afresh:
            headers["idempotency-key"] = f"00000000-0000-4000-8000-{len(line.keys):012}"
        line.keys.append(headers["idempotency-key"])
        if line.loses:
            assert route.fetch(headers=headers).status == 201
            route.abort("connectionreset")
        else:
            route.continue_(headers=headers)

    page.context.route(RECORDS, on_its_way)
    return line


def test_a_report_whose_answer_was_lost_is_there_once(
    phone: Device, service: Service, pair: Pair
) -> None:
    line = lossy(phone.page)
    enter_hours(phone, pair[0]["id"])
    phone.reads("Ihre Stunden sind auf diesem Gerät gespeichert.")
    assert len(rows(service, ServiceRecord)) == 1, "the service has taken it, which she cannot know"
    phone.open("/outbox")
    phone.until(lambda: len(line.keys) > 1)
    line.loses = False
    phone.press("Jetzt senden")
    phone.reads("Alles ist gesendet.")
    assert len(line.keys) > 2
    assert len(set(line.keys)) == 1
    assert len(rows(service, ServiceRecord)) == 1
    phone.complaints.clear()


def test_with_another_key_each_time_it_would_be_refused(
    phone: Device, service: Service, pair: Pair
) -> None:
    """The control: it is the key that stays by which the second sending is the first one."""
    line = lossy(phone.page, afresh=True)
    enter_hours(phone, pair[0]["id"])
    phone.reads("Ihre Stunden sind auf diesem Gerät gespeichert.")
    line.loses = False
    phone.open("/outbox")
    phone.reads("nicht angenommen")
    assert len(set(line.keys)) == len(line.keys) > 1
    phone.complaints.clear()


def test_what_was_refused_stays_to_be_read_until_it_is_taken_away(
    phone: Device, service: Service
) -> None:
    [offer] = stories.offered(service, "dilan", day="2027-01-07")
    phone.open("/offers")
    phone.context.set_offline(True)
    phone.press("Ja, ich übernehme")
    phone.reads("Gespeichert. Es wird gesendet, sobald Verbindung besteht.")
    service.call("amal", "POST", f"/offers/{offer['id']}/withdraw", json={})
    phone.context.set_offline(False)
    phone.reads("Eine Angabe wurde nicht angenommen. Bitte ansehen.")

    phone.reopen("/")
    phone.page.get_by_role("link", name="Ansehen").click()
    entry = phone.page.get_by_role("article")
    expect(entry).to_contain_text("Zusage: Löwenzahnschule, Do., 7. Jan.")
    expect(entry).to_contain_text("nicht angenommen")
    phone.press("Verstanden, entfernen")
    phone.reads("Entfernt.")
    phone.reopen("/outbox")
    phone.reads("Alles ist gesendet.")
    phone.complaints.clear()


def test_nothing_about_a_client_is_kept_and_signing_out_leaves_nothing(
    phone: Device, service: Service, pair: Pair
) -> None:
    phone.open(f"/appointments/{pair[1]['id']}")
    phone.reads(f"{SECRET} am Tor")
    before = kept.dump(phone.page)
    assert {"appointments", "offers", "me"} <= kept.names(before, "keepsakes")
    assert kept.holds(before, "Löwenzahnschule"), "it is the whole of what is kept"
    assert not kept.holds(before, SECRET)
    assert not [url for url in before["shelves"] if "/api/" in url]

    phone.context.set_offline(True)
    enter_hours(phone, pair[0]["id"])
    phone.reads("Ihre Stunden sind auf diesem Gerät gespeichert.")
    phone.open("/account")
    phone.press("Abmelden")
    phone.reads("Eine Angabe ist noch nicht beim Dienst angekommen.")
    expect(phone.page.get_by_role("listitem").filter(has_text=HOURS)).to_be_visible()
    phone.press("Abmelden und nichts behalten")
    phone.reads("Der Dienst erfährt es, sobald dieses Gerät wieder Verbindung hat.")
    after = kept.dump(phone.page)
    assert after["outbox"] == []
    assert not [row for row in after["keepsakes"] if row["account"]]
    assert not kept.holds(after, "Löwenzahnschule")

    phone.context.set_offline(False)
    expect(phone.page.get_by_text("Der Dienst erfährt es")).to_have_count(0)
    phone.reads("Sie sind abgemeldet. Auf diesem Gerät ist von Ihnen nichts mehr gespeichert.")
    assert rows(service, ServiceRecord) == []
    assert phone.page.request.get(f"{service.url}/api/v1/me").status == 401
    phone.complaints.clear()
