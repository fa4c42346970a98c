"""Two worlds that differ only in what happens at another sponsor, and how they are compared."""

import os
import random
from dataclasses import dataclass
from uuid import UUID

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import Engine, text

from app import db
from app.tables import Enrolment, Sponsor, row
from tests.app.examples import MORNING, asking, assignment, furnish
from tests.app.matrix.cells import Cell, Trial
from tests.app.matrix.people import CALLERS
from tests.app.matrix.world import World
from tests.app.operations import Operation, operations
from tests.cast import Cast, institution, member, volunteer
from tests.serving import serving

Answer = tuple[int, tuple[tuple[str, str], ...], str]


def live_in_fulda(engine: Engine, cast: Cast) -> None:
    """Let everything there is happen at Fulda, and nothing that has to do with Wetterau."""
    furnish(engine, cast, foreign=True)
    with db.transaction(engine) as session:
        at = {"sponsor_id": cast.fulda}
        member(session, cast, "gesa", cast.fulda, "coordinator", "auditor")
        volunteer(session, cast, "yusuf", languages={"kmr": "native", "ar": "C1"}, **at)
        hospital = institution(session, "Klinik am Dom", cast.fulda, "hospital")
        asking(session, cast.fulda, hospital.id, MORNING, language="ar")
        sponsor = session.get_one(Sponsor, cast.fulda)
        sponsor.treasurer_name, sponsor.regions = "Gerd Kasse", ["06631", "06535"]
        session.add(sponsor)
        lent = text("DELETE FROM lending WHERE sponsor_id = :own")
        session.connection().execute(lent, {"own": _as_stored(engine, cast.fulda)})


def _as_stored(engine: Engine, one: UUID) -> object:
    return one if engine.dialect.name == "postgresql" else one.hex


@dataclass
class Chance:
    """What is drawn by chance, the same in both worlds."""

    monkeypatch: pytest.MonkeyPatch

    def begin(self, seed: str) -> None:
        """Draw from here on what this seed gives."""
        # The ORM names what it writes for the first time by chance: that must not move our draws.
        self.monkeypatch.setattr(os, "urandom", random.Random(f"{seed}, names").randbytes)
        self.monkeypatch.setattr(random, "_urandom", random.Random(seed).randbytes)
        self.monkeypatch.setattr(row, "_order", type(row._order)())  # noqa: SLF001


def calls(name: str) -> list[Operation]:
    """What somebody may call: she looks at everything, does everything, and looks again."""
    hers = [one for one in operations() if CALLERS[name].may_call(one)]
    looks = [one for one in hers if one.method == "GET"]
    return [*looks, *(one for one in hers if one.method != "GET"), *looks]


async def heard(trial: Trial, chance: Chance, name: str) -> dict[str, Answer]:
    """Every answer that somebody gets, one after the other."""
    found: dict[str, Answer] = {}
    for number, operation in enumerate(calls(name)):
        called = f"{name} {number} {operation.name}"
        chance.begin(called)
        answer = await trial.ask(Cell(CALLERS[name], operation), {})
        headers = tuple(sorted((k, v) for k, v in answer.headers.items() if k != "date"))
        found[called] = (answer.status_code, headers, answer.text)
    return found


async def differences(
    engines: tuple[Engine, Engine], alone: World, chance: Chance, name: str
) -> dict[str, tuple[Answer, Answer]]:
    """Calls that are answered differently in the two worlds."""
    told = []
    for engine in engines:
        transport = ASGITransport(app=serving(engine), raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://test/api/v1") as client:
            told.append(await heard(Trial(client, alone), chance, name))
    here, there = told
    assert len(here) > 20
    assert {status for status, *_ in here.values()} & {200}
    return {
        called: (answer, there[called])
        for called, answer in here.items()
        if answer != there[called]
    }


def share(engine: Engine, cast: Cast) -> None:
    """Let Dilan interpret for both pools."""
    with db.transaction(engine) as session:
        known = session.get_one(Enrolment, cast.enrolments["dilan"])
        values = known.model_dump(exclude={"id", "sponsor_id", "created_at", "updated_at"})
        session.add(Enrolment(**values, sponsor_id=cast.fulda))


def book_at_fulda(engine: Engine, cast: Cast) -> None:
    """Let Fulda book Dilan when Wetterau would like to ask her."""
    with db.transaction(engine) as session:
        place = (session, cast.fulda, cast.school_fulda, MORNING)
        asked = asking(*place, state="booked", seat_state="booked")
        session.add(assignment(asked, cast.volunteers["dilan"]))
