"""Who writes which field about a volunteer: the table, asked through the API."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app import fields
from app.fields import VOLUNTEER_WRITERS, Writer
from app.volunteers.schemas import VolunteerUpdate
from tests.app.test_dossiers import share
from tests.app.test_several_pools import patch
from tests.cast import Cast

VALUES: dict[str, Any] = {
    "gender": "d",
    "postal_code": "61231",
    "town": "Bad Nauheim",
    "transport": "bicycle",
    "german_level": "C2",
    "phone": "0170 9",
    "email": "neu@example.org",
    "iban": "DE02120300000000202051",
    "phone_only": True,
    "locale": "en",
    "note": "spricht auch Zazaki",
    "quiet_from": "20:00",
    "quiet_to": "08:00",
    "most_day_assignments": 2,
    "most_day_minutes": 120,
    "most_week_minutes": 240,
    "most_travel_minutes": 30,
    "long_days": True,
}
OTHERS = ("arno", "fatma", "lea", "selin", "petra", "otto", "mirela", "kofi")
"""Who changes nothing about Dilan; Kofi does once she helps in his pool as well."""


def test_every_field_has_its_writers() -> None:
    assert set(VOLUNTEER_WRITERS) == set(VolunteerUpdate.model_fields) == set(VALUES)


def test_she_and_each_of_her_pools_write_everything_but() -> None:
    both = {Writer.HERSELF, Writer.POOL}
    assert {name: who for name, who in VOLUNTEER_WRITERS.items() if who != both} == {
        "german_level": {Writer.POOL},
        "note": {Writer.POOL},
        "iban": {Writer.HERSELF, Writer.ONLY_POOL},
    }


@pytest.mark.parametrize("shared", [False, True], ids=["one pool", "two pools"])
@pytest.mark.parametrize("name", VALUES)
async def test_a_field_is_written_by_who_stands_in_the_table(
    client: AsyncClient, cast: Cast, engine: Engine, name: str, shared: bool
) -> None:
    if shared:
        share(engine, cast)
    path = f"/volunteers/{cast.volunteers['dilan']}"
    for who in OTHERS[: -1 if shared else None]:
        headers = cast.key(who) | {"If-Match": "*"}
        answer = await client.patch(path, json={name: VALUES[name]}, headers=headers)
        assert answer.status_code in (403, 404), (who, answer.text)
    pool = {Writer.POOL} if shared else {Writer.POOL, Writer.ONLY_POOL}
    may = {
        who: bool(VOLUNTEER_WRITERS[name] & she_is)
        for who, she_is in {"dilan": {Writer.HERSELF}, "amal": pool}.items()
    }
    # Who may not goes first: what stands there already may be sent along by everybody.
    for who in sorted(may, key=may.__getitem__):
        answer = await patch(client, cast, who, path, **{name: VALUES[name]})
        assert (answer.status_code == 200) == may[who], (who, answer.text)
        if not may[who]:
            assert answer.status_code == 403
            assert answer.json()["type"] in ("/problems/only-herself", "/problems/only-the-office")


async def test_control_the_table_decides(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(engine, cast)
    path = f"/volunteers/{cast.volunteers['dilan']}"
    assert (await patch(client, cast, "amal", path, iban=VALUES["iban"])).status_code == 403
    monkeypatch.setattr(fields, "writers", lambda _name: frozenset(Writer))
    assert (await patch(client, cast, "amal", path, iban=VALUES["iban"])).status_code == 200


@pytest.mark.parametrize(("number", "shown"), [("DE89370400440532013000", "DE89 … 00"), ("", "")])
def test_a_number_is_masked(number: str, shown: str) -> None:
    assert fields.masked(number) == shown
