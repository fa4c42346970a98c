"""Who opens a link has seen what it is about; a program that fetches it has not."""

from datetime import timedelta

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from app import db, links
from app.clock import now
from app.messages import telling
from app.tables import LinkPurpose, Offer
from tests.app.examples import MORNING
from tests.app.messages.conftest import Talk
from tests.app.messages.servers import Line, Post

PERSON = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.fixture
def link(engine: Engine, talk: Talk, post: Post) -> str:
    """The address in a mail to Dilan."""
    offer_id = talk.offer(expires_at=now() + timedelta(hours=8))
    with db.transaction(engine) as session:
        offer = session.get_one(Offer, offer_id)
        url = links.make(session, LinkPurpose.ANSWER_OFFER, offer, MORNING)
    talk.tell(subject_id=offer_id, starts_at=MORNING)
    talk.work()
    return url


async def test_a_person_who_looks_has_seen_it(
    client: AsyncClient, talk: Talk, link: str, gateway: Line
) -> None:
    talk.change(phone="0170 1234567")
    assert (await client.get(link, headers=PERSON)).status_code == 200
    assert talk.messages()[0].read_at == now()
    talk.later(hours=5)
    assert gateway.seen == []


async def test_a_scanner_of_mails_has_not(
    client: AsyncClient, talk: Talk, link: str, gateway: Line
) -> None:
    talk.change(phone="0170 1234567")
    for _ in range(3):
        assert (await client.get(link)).status_code == 200
    for prefetch in ({"Sec-Fetch-Mode": "no-cors"}, {**PERSON, "Sec-Purpose": "prefetch"}):
        assert (await client.get(link, headers=prefetch)).status_code == 200
    await client.head(link, headers=PERSON)
    assert talk.messages()[0].read_at is None
    talk.later(hours=5)
    assert len(gateway.seen) == 1


async def test_a_database_that_is_busy_does_without(
    client: AsyncClient, talk: Talk, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def busy(*_: object) -> None:
        tried.append(link)
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    monkeypatch.setattr(telling, "mark_read", busy)
    assert (await client.get(link, headers=PERSON)).status_code == 200
    assert tried == [link]
