"""Grant notices: steps that people make, steps that the calendar makes, and what may be changed."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db, jobs
from app.grants import reminding, states
from app.tables import AuditEvent, GrantNotice, GrantState
from tests.app.grants.steps import WHY, got, patched, planned, running, verb
from tests.cast import Cast

PLAN = {
    "year": 2027, "purpose": "guides", "starts_on": "2027-01-01", "ends_on": "2027-12-31",
    "applied_cents": 138_000,
}  # fmt: skip
GRANTED = {"amount_cents": 138_000, "noticed_on": "2027-01-03", "reference": "WIR-27-1"}


def actions(engine: Engine, notice: UUID | str) -> list[str]:
    """What the audit says of a notice."""
    with db.transaction(engine, read_only=True) as session:
        query = select(AuditEvent.action).where(col(AuditEvent.subject_id) == UUID(str(notice)))
        found = session.exec(query.order_by(col(AuditEvent.id))).all()
    return [action.removeprefix("grant_notice.") for action in found]


async def test_a_grant_goes_from_the_plan_to_the_end(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    key = cast.key("fatma")
    notice = (await client.post("/grant-notices", json=PLAN, headers=key)).json()["id"]
    path = f"/grant-notices/{notice}"
    assert (await got(client, cast, path))["state"] == "planned"
    applied = await verb(client, cast, notice, "apply", applied_on="2027-01-02")
    assert (applied.json()["state"], applied.json()["applied_on"]) == ("applied", "2027-01-02")
    granted = await verb(client, cast, notice, "grant", who="lea", **GRANTED)
    assert granted.json()["state"] == "running", "its first day is over"
    assert granted.json()["amount_cents"] == 138_000
    clock.move_to(datetime(2028, 1, 2, 9, tzinfo=UTC))
    assert (await got(client, cast, path))["state"] == "ended"
    clock.move_to(datetime(2028, 3, 1, 9, tzinfo=UTC))
    due = await got(client, cast, path)
    assert (due["state"], due["proof_due_on"]) == ("proof_due", "2028-03-31")
    sent = await verb(client, cast, notice, "proof-sent", sent_on="2028-02-28")
    assert (sent.json()["state"], sent.json()["proof_sent_on"]) == ("proof_sent", "2028-02-28")
    with db.transaction(engine, read_only=True) as session:
        waiting = [(job.name, str(job.subject_id)) for job in jobs.listed(session)]
    assert ("payouts.report_claims", notice) in waiting
    assert "payouts.report_claims" in jobs.REGISTRY
    assert (await verb(client, cast, notice, "close")).json()["state"] == "closed"
    steps = ["create", "apply", "grant", "advance", "proof_sent", "close"]
    assert actions(engine, notice) == steps, "nobody has to look in on the days between"


DAYS = [
    # stored, day, where it is
    ("granted", date(2026, 12, 31), "granted"),
    ("granted", date(2027, 1, 1), "running"),
    ("granted", date(2027, 12, 31), "running"),
    ("granted", date(2028, 1, 1), "ended"),
    ("running", date(2028, 2, 29), "ended"),
    ("running", date(2028, 3, 1), "proof_due"),
    ("ended", date(2027, 6, 1), "ended"),
    ("planned", date(2028, 3, 1), "planned"),
    ("applied", date(2028, 3, 1), "applied"),
    ("proof_sent", date(2028, 4, 1), "proof_sent"),
    ("closed", date(2028, 4, 1), "closed"),
]


@pytest.mark.parametrize(("stored", "day", "state"), DAYS)
def test_a_grant_begins_ends_and_becomes_due_by_itself(stored: str, day: date, state: str) -> None:
    notice = GrantNotice(
        sponsor_id=UUID(int=1), funding_line="wir", year=2027, purpose="guides", state=stored,
        starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31),
    )  # fmt: skip
    assert states.on(notice, day) == state


def test_the_proof_of_courses_is_due_three_months_after_the_last_day() -> None:
    notice = GrantNotice(
        sponsor_id=UUID(int=1), funding_line="wir", year=2027, purpose="courses",
        starts_on=date(2027, 3, 1), ends_on=date(2027, 6, 30),
    )  # fmt: skip
    assert states.proof_day(notice) == date(2027, 9, 30)


async def test_the_nightly_work_and_the_reader_say_the_same(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    notice = planned(engine, cast, state="granted", amount_cents=1)
    clock.move_to(datetime(2028, 3, 2, 9, tzinfo=UTC))
    read = await got(client, cast, f"/grant-notices/{notice}")
    for _ in range(2):
        states.advance(engine)
    with db.transaction(engine, read_only=True) as session:
        stored = session.get_one(GrantNotice, notice).state
    assert read["state"] == stored == "proof_due"
    assert actions(engine, notice) == ["advance"]


WRONG = [
    ("planned", "grant", GRANTED), ("planned", "proof-sent", {}), ("planned", "close", {}),
    ("applied", "apply", {}), ("applied", "end", {"ends_on": "2027-01-03", "reason": WHY}),
    ("running", "grant", GRANTED), ("running", "proof-sent", {}),
    ("ended", "apply", {}), ("ended", "close", {}),
    ("proof_sent", "proof-sent", {}), ("closed", "close", {}),
]  # fmt: skip


@pytest.mark.parametrize(("state", "name", "body"), WRONG)
async def test_no_step_is_made_from_a_wrong_state(
    client: AsyncClient, cast: Cast, engine: Engine, state: str, name: str, body: dict[str, object]
) -> None:
    notice = planned(engine, cast, state=state)
    sent = body or ({} if name == "close" else {"sent_on": None})
    if name == "apply":
        sent = {"applied_on": "2027-01-03"}
    answer = await verb(client, cast, notice, name, **sent)
    assert answer.status_code == 409, answer.text
    assert answer.json()["type"] == "/problems/grant-state"
    assert answer.json()["detail"].startswith("Das geht gerade nicht: die Förderung ist ")
    assert actions(engine, notice) == []


def test_every_state_has_words() -> None:
    assert set(states.WrongStep.words) == set(GrantState)


async def test_a_grant_may_end_early_with_a_reason(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    notice = running(engine, cast)
    answer = await verb(client, cast, notice, "end", ends_on="2027-01-03", reason=WHY)
    ended = answer.json()
    assert (ended["state"], ended["ends_on"], ended["change_reason"]) == (
        "ended", "2027-01-03", WHY,
    )  # fmt: skip
    later = await verb(client, cast, running(engine, cast, purpose="guides"), "end",
                       ends_on="2027-01-05", reason=WHY)  # fmt: skip
    assert (later.status_code, "Zukunft" in later.json()["detail"]) == (422, True)


async def test_a_grant_that_had_ended_goes_on_when_it_is_extended(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    notice = planned(engine, cast, state="ended", amount_cents=7, ends_on=date(2027, 1, 2))
    longer = await patched(client, cast, notice, ends_on="2027-06-30", reason=WHY)
    assert (longer.json()["state"], longer.json()["ends_on"]) == ("running", "2027-06-30")
    later = await patched(client, cast, notice, starts_on="2027-02-01", reason=WHY)
    assert later.json()["state"] == "granted", "it has not begun"
    over = await patched(
        client, cast, notice, starts_on="2027-01-01", ends_on="2027-01-03", reason=WHY
    )
    assert over.json()["state"] == "ended"
    applied = planned(engine, cast, state="applied", purpose="guides")
    moved = await patched(client, cast, applied, starts_on="2027-01-02")
    assert moved.json()["state"] == "applied", "no notice came"


@pytest.mark.parametrize("state", list(GrantState))
async def test_what_was_planned_wrongly_or_refused_is_taken_back_before_it_is_granted(
    client: AsyncClient, cast: Cast, engine: Engine, state: GrantState
) -> None:
    notice = planned(engine, cast, state=state, starts_on=date(2027, 2, 15))
    reminding.look_at_deadlines(engine)
    path, key = f"/grant-notices/{notice}", cast.key("fatma")
    tag = {"If-Match": (await client.get(path, headers=key)).headers["ETag"]}
    answer = await client.delete(path, headers=key | tag)
    if state not in (GrantState.PLANNED, GrantState.APPLIED):
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/grant-state")
        return
    assert answer.status_code == 204
    assert actions(engine, notice) == ["remove"]
    assert (await client.get(path, headers=key)).status_code == 404
    assert (await got(client, cast, "/tasks", "amal"))["items"] == [], "nobody is reminded"
    body = {"year": 2027, "purpose": "interpreters"}
    again = await client.post("/grant-notices", json=PLAN | body, headers=key)
    assert again.status_code == 201, "another one can be planned"


async def test_there_is_one_grant_for_each_line_year_and_purpose(
    client: AsyncClient, cast: Cast
) -> None:
    key = cast.key("fatma")
    answers = [await client.post("/grant-notices", json=PLAN, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json()["type"] == "/problems/grant-known"
    other = await client.post("/grant-notices", json=PLAN | {"year": 2028}, headers=key)
    assert other.status_code == 422
    assert "2028" in other.json()["detail"], "its days lie in its year"


async def test_what_was_granted_changes_with_a_reason_only(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    notice = running(engine, cast)
    bare = await patched(client, cast, notice, amount_cents=90_000)
    assert (bare.status_code, "Grund" in bare.json()["detail"]) == (422, True)
    named = await patched(client, cast, notice, amount_cents=90_000, reason="Anruf Herr Schmidt")
    assert named.status_code == 422
    changed = await patched(client, cast, notice, amount_cents=90_000, reason=WHY)
    assert (changed.json()["amount_cents"], changed.json()["change_reason"]) == (90_000, WHY)
    said = await patched(client, cast, notice, reference="WIR-27-9", declared_on="2027-01-04")
    assert (said.status_code, said.json()["declared_on"]) == (200, "2027-01-04")
    arno = await got(client, cast, f"/grant-notices/{notice}", "arno")
    assert (arno["amount_cents"], arno["change_reason"]) == (90_000, "")


async def test_before_the_notice_only_the_application_changes(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    notice = planned(engine, cast)
    assert (await patched(client, cast, notice, applied_cents=5)).json()["applied_cents"] == 5
    early = await patched(client, cast, notice, amount_cents=5)
    assert (early.status_code, "Bescheid" in early.json()["detail"]) == (422, True)


async def test_after_the_proof_the_sums_stay(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    notice = planned(engine, cast, state="proof_sent", amount_cents=7)
    answer = await patched(client, cast, notice, amount_cents=8, reason=WHY)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/grant-state")


async def test_a_coordinator_reads_and_does_not_write(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    notice = running(engine, cast)
    assert (await got(client, cast, "/grant-notices?year=2027", "amal"))["items"]
    assert (await got(client, cast, "/grant-notices?year=2026", "amal"))["items"] == []
    answer = await client.post("/grant-notices", json=PLAN, headers=cast.key("amal"))
    assert answer.status_code == 403
    foreign = await client.get(f"/grant-notices/{notice}", headers=cast.key("kofi"))
    assert foreign.status_code == 404


def closed_by_two(engine: Engine, notice_id: UUID, *, looks: bool) -> list[bool]:
    """Two who read the notice before either of them has closed it; whether each believes it did."""
    done = []
    with db.transaction(engine, read_only=True) as session:
        read = session.get_one(GrantNotice, notice_id).state
    for _ in range(2):
        with db.transaction(engine) as session:
            notice = session.get_one(GrantNotice, notice_id)
            done.append(_close(session, notice, read, looks=looks))
    return done


def _close(session: Session, notice: GrantNotice, read: str, *, looks: bool) -> bool:
    if not looks:  # a control: what was read decides
        notice.state = GrantState.CLOSED if read == GrantState.PROOF_SENT else notice.state
        session.add(notice)
        return read == GrantState.PROOF_SENT
    try:
        states.go(session, None, notice, states.CLOSE)
    except states.WrongStep:
        return False
    return True


def test_of_two_at_once_one_makes_the_step(engine: Engine, cast: Cast) -> None:
    first = planned(engine, cast, state="proof_sent")
    assert closed_by_two(engine, first, looks=True) == [True, False]
    second = planned(engine, cast, state="proof_sent", purpose="guides")
    assert closed_by_two(engine, second, looks=False) == [True, True], "the control"


def test_a_proof_is_due_as_soon_as_somebody_is_reminded() -> None:
    assert timedelta(days=30) == states.DUE_WITHIN
