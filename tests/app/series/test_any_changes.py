"""Whatever is changed in whatever order: no date is lost, doubled, or moved against somebody."""

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from httpx import AsyncClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db
from app.series.calendar import Calendar
from app.tables import Request, RequestOption, Series
from tests.app.series import steps
from tests.cast import Cast

GONE = {"cancelled", "rejected"}
TIMES = st.sampled_from(["08:30", "10:00", "13:15"])
DAYS = st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR"]), min_size=1, max_size=2)
RULES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"weekdays": DAYS}),
    st.fixed_dictionaries({"every_weeks": st.integers(1, 3)}),
    st.fixed_dictionaries({"count": st.integers(1, 8)}),
    st.fixed_dictionaries({"until": st.dates(date(2027, 1, 20), date(2027, 3, 20)).map(str)}),
    st.fixed_dictionaries({"rule": st.just("FREQ=MONTHLY;BYDAY=2TU;COUNT=3")}),
    st.fixed_dictionaries({"start": TIMES}),
    st.fixed_dictionaries({"weekdays": DAYS, "start": TIMES, "count": st.integers(2, 6)}),
)
ONE = st.fixed_dictionaries(
    {"day": st.dates(date(2027, 1, 11), date(2027, 3, 20)).map(str), "start": TIMES}
)
STEPS = st.tuples(
    st.sampled_from(["this", "following", "all", "book", "cancel"]), RULES, ONE, st.integers(0, 9)
)


class Chain:
    """A series and all that go on from it, as they are stored."""

    def __init__(self, engine: Engine, first_id: str) -> None:
        with db.transaction(engine) as session:
            every = session.exec(select(Series)).all()
            ids = {UUID(first_id)}
            for _ in every:
                ids |= {one.id for one in every if one.follows_id in ids}
            self.series = [one for one in every if one.id in ids]
            rows = session.exec(
                select(Request, RequestOption)
                .join(RequestOption, col(RequestOption.request_id) == col(Request.id))
                .where(col(Request.series_id).in_(ids))
            ).all()
        self.rows = {request.id: (request, option) for request, option in rows}

    def when(self, request_id: UUID) -> tuple[date, int]:
        """Day and minute of one date."""
        option = self.rows[request_id][1]
        return option.day, option.start_minute

    def fixed(self) -> dict[UUID, tuple[date, int]]:
        """Dates that no later change of the series may move."""
        return {
            key: self.when(key)
            for key, (request, _) in self.rows.items()
            if request.state == "booked" or (request.series_exception and request.state == "open")
        }


def holds(chain: Chain) -> None:
    """What is true of every chain at every time."""
    live = [request for request, _ in chain.rows.values() if request.state not in GONE]
    days = Counter(request.series_day for request in live if request.series_day)
    assert [day for day, times in days.items() if times > 1] == [], "one request for one day"
    for one in chain.series:
        stood_for = {r.series_day for r, _ in chain.rows.values() if r.series_id == one.id}
        missing = [day for day in Calendar.of(one).days() if day not in stood_for]
        assert missing == [], "each day of the rule has its request"
        later = [other for other in chain.series if other.follows_id == one.id]
        assert len(later) <= 1
        assert all(one.last_day < other.first_day for other in later)


async def step(
    client: AsyncClient, cast: Cast, chain: Chain, drawn: tuple[str, Any, Any, int]
) -> None:
    """One change by one of the people; what is refused changes nothing."""
    what, rule, one, number = drawn
    left = sorted(
        (option.starts_at, key)
        for key, (request, option) in chain.rows.items()
        if request.state not in GONE
    )
    if not left:
        return
    key = left[number % len(left)][1]
    request = chain.rows[key][0]
    series_id, named = str(request.series_id), {"request_id": str(key)}
    if what == "book":
        seat = await steps.seat_of(client, cast, str(key))
        body = {"seat_id": seat["id"], "volunteer_id": str(cast.volunteers["dilan"])}
        made = await client.post("/offers", json=body, headers=cast.key("amal"))
        if made.status_code == 201:
            path = f"/offers/{made.json()['id']}/accept"
            await client.post(path, headers=cast.key("dilan"))
    elif what == "cancel":
        body = {"scope": "this", "reason": "fällt aus", **named}
        path = f"/series/{series_id}/cancel"
        assert (await client.post(path, json=body, headers=cast.key("selin"))).status_code == 200
    else:
        change = {"this": {**one, **named}, "following": {**rule, **named}, "all": rule}[what]
        answer = await steps.patch(client, cast, series_id, scope=what, **change)
        assert answer.status_code in {200, 409, 422}, answer.text


@given(drawn=st.lists(STEPS, min_size=2, max_size=6))
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_any_changes_leave_one_date_for_each_day(
    client: AsyncClient, cast: Cast, engine: Engine, drawn: list[tuple[str, Any, Any, int]]
) -> None:
    made = await steps.ask(client, cast, another=True)
    chain = Chain(engine, made["id"])
    for one in drawn:
        before = chain
        await step(client, cast, before, one)
        chain = Chain(engine, made["id"])
        holds(chain)
        assert set(before.rows) <= set(chain.rows), "every date stays in exactly one series"
        if one[0] in {"following", "all"}:
            moved = {k: t for k, t in before.fixed().items() if chain.when(k) != t}
            assert moved == {}, "exceptions and booked dates stay"
    for request, _ in chain.rows.values():
        if request.state not in GONE:
            path, body = f"/requests/{request.id}/cancel", {"reason": "Ende des Versuchs"}
            await client.post(path, json=body, headers=cast.key("selin"))
