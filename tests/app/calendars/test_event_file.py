"""One booking as a file for a calendar program."""

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app.tables import Assignment, Institution
from tests.app.calendars.subscribed import change, subscribe
from tests.app.examples import Examples, furnish
from tests.cast import Cast


@pytest.fixture
def examples(engine: Engine, cast: Cast) -> Examples:
    """One object of every kind: Dilan has one booking ahead and one behind her."""
    return furnish(engine, cast)


async def read(client: AsyncClient, cast: Cast, path: str, who: str) -> str:
    """The text of the file."""
    answer = await client.get(path, headers=cast.key(who))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="termin.ics"'
    return answer.text


async def test_it_is_the_entry_of_her_own_calendar(
    client: AsyncClient, cast: Cast, examples: Examples
) -> None:
    path = f"/assignments/{examples['assignment_id']}/event.ics"
    text = await read(client, cast, path, "dilan")
    assert text.count("BEGIN:VEVENT") == 1
    assert "Schulstr. 1" in text
    whole = await client.get(await subscribe(client, cast, "dilan", detail="full"))
    entry = text[text.index("BEGIN:VEVENT") : text.index("END:VEVENT")]
    assert entry in whole.text
    assert await read(client, cast, path, "amal") == text


async def test_it_says_when_it_was_called_off(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    path = f"/assignments/{examples['assignment_id']}/event.ics"
    change(engine, Assignment, examples["assignment_id"], state="cancelled_early")
    text = await read(client, cast, path, "dilan")
    assert "STATUS:CANCELLED" in text
    assert "Schulstr. 1" not in text


async def test_where_somebody_hides_it_holds_the_town_alone(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    change(engine, Institution, cast.school, kind="womens_counselling")
    for who in ("dilan", "amal"):
        path = f"/assignments/{examples['assignment_id']}/event.ics"
        text = await read(client, cast, path, who)
        assert "LOCATION:Friedberg" in text
        assert "Löwenzahn" not in text


async def test_it_is_nobody_elses(client: AsyncClient, cast: Cast, examples: Examples) -> None:
    path = f"/assignments/{examples['assignment_id']}/event.ics"
    for who, status in (("selin", 403), ("mirela", 404), ("nuru", 404), ("kofi", 404)):
        assert (await client.get(path, headers=cast.key(who))).status_code == status
    assert (await client.get(path)).status_code == 401
