"""Forgetting somebody: nothing of her is left but what the accounts must keep, and only so long."""

from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select, update

from app import db, jobs
from app.privacy import retaining, steps
from app.tables import (
    Account,
    Assignment,
    AuditEvent,
    Claim,
    ClaimLine,
    Enrolment,
    Erasure,
    Membership,
    Message,
    Offer,
    Payment,
    Request,
    ServiceRecord,
    Task,
    Volunteer,
)
from tests.app.examples import MORNING, asking, assignment
from tests.app.privacy.traces import HELD, LONG_AGO, Left, backup, in_database, in_files, leave
from tests.cast import Cast

WISH = {"reason": "möchte aufhören"}


@pytest.fixture
def left(engine: Engine, cast: Cast) -> Left:
    """Somebody who leaves traces everywhere."""
    return leave(engine, cast)


def test_her_traces_are_really_everywhere(engine: Engine, left: Left, var: Path) -> None:
    found = in_database(engine)
    assert len(found) > 25
    assert {"volunteer.iban", "request.note", "idempotency_key.body", "task.params"} <= found
    assert len(in_files(var / "outbox")) == 2


async def erase(client: AsyncClient, cast: Cast, who: str = "zeyneb", **body: object) -> dict:
    answer = await client.post("/privacy/erase", json=WISH | body, headers=cast.key(who))
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def test_she_asks_and_nothing_of_her_is_left_but_the_accounts(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left, var: Path, tmp_path: Path
) -> None:
    before = backup(engine, tmp_path / "before.zip")
    assert "tables/message" in " ".join(in_files(tmp_path)), "a control: the search sees archives"
    before.unlink()
    (item,) = (await erase(client, cast))["items"]
    assert (item["state"], item["held_until"]) == ("held", "2031-12-31")
    assert len(item["proof"]) == 64
    jobs.work_all(engine)
    assert in_database(engine) == HELD
    assert in_files(var) == set()
    backup(engine, tmp_path / "fresh.zip")
    found = {name.split(".")[0] for name in in_files(tmp_path)}
    assert found == {"tables/claim", "tables/payment"}, "a backup made now holds the payee alone"


async def test_she_need_not_say_why(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    answer = await client.post("/privacy/erase", json={}, headers=cast.key("zeyneb"))
    assert answer.status_code == 200, answer.text


async def test_what_was_paid_still_adds_up(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    await erase(client, cast)
    with db.transaction(engine) as session:
        claim = session.get_one(Claim, left.claim_id)
        assert (claim.amount_cents, claim.minutes) == (2000, 60)
        for table in (Assignment, ServiceRecord, ClaimLine):
            assert session.exec(select(func.count()).select_from(table)).one() > 0
        assert session.get_one(Volunteer, left.volunteer_id).erased_at is not None


async def test_her_key_and_account_open_nothing_any_more(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    await erase(client, cast)
    assert (await client.get("/me", headers=cast.key("zeyneb"))).status_code == 401
    with db.transaction(engine) as session:
        account = session.get_one(Account, left.account_id)
        assert (account.active, account.password_hash, account.totp_secret) == (False, None, "")


async def test_open_questions_end_and_unsent_messages_stay_unsent(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    await erase(client, cast)
    with db.transaction(engine) as session:
        assert session.get_one(Offer, left.offer_id).state == "withdrawn"
        hers = select(Message).where(col(Message.volunteer_id) == left.volunteer_id)
        assert {m.state for m in session.exec(hers).all()} == {"dropped"}
        assert session.get_one(Message, left.institution_message_id).state == "sent"


async def test_the_audit_keeps_numbers_and_no_words(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    await erase(client, cast)
    with db.transaction(engine) as session:
        query = select(AuditEvent).where(col(AuditEvent.action) == "volunteer.erase")
        event = session.exec(query).one()
    assert event.subject_type == "erasure"
    assert event.account_id == left.account_id
    assert "aufhören" not in str(event)


async def test_the_lead_may_ask_for_her_and_a_second_time_changes_nothing(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    body = {"volunteer_id": str(left.volunteer_id)}
    first = await erase(client, cast, "lea", **body)
    jobs.work_all(engine)
    assert in_database(engine) == HELD
    assert await erase(client, cast, "lea", **body) == first
    listed = (await client.get("/privacy/erasures", headers=cast.key("arno"))).json()
    assert listed["items"] == first["items"]


async def test_nobody_else_erases_her(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    body = WISH | {"volunteer_id": str(left.volunteer_id)}
    for who, status in (("kofi", 404), ("dilan", 404), ("amal", 403), ("selin", 403)):
        answer = await client.post("/privacy/erase", json=body, headers=cast.key(who))
        assert answer.status_code == status, who
    assert "volunteer.iban" in in_database(engine)


async def test_a_reason_with_a_name_is_refused(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    body = {"reason": "Frau Needle, Tel. 0170 9876543"}
    answer = await client.post("/privacy/erase", json=body, headers=cast.key("zeyneb"))
    assert answer.status_code == 422
    assert "ein Name" in answer.json()["detail"]


async def test_bookings_to_come_are_named_and_refuse(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    with db.transaction(engine) as session:
        asked = asking(
            session, cast.wetterau, cast.school, MORNING + timedelta(days=3), state="booked"
        )
        session.add(assignment(asked, left.volunteer_id))
    for body in (WISH, WISH | {"without_pay": True}):
        answer = await client.post("/privacy/erase", json=body, headers=cast.key("zeyneb"))
        assert answer.status_code == 409
        assert f"{MORNING + timedelta(days=3):%d.%m.%Y}" in answer.json()["detail"]
    assert "volunteer.iban" in in_database(engine), "nothing was half done"


@pytest.mark.parametrize("text", ["Frau ÖZTÜRK kam spät", "frau öztürk kam spät"])
async def test_texts_name_her_in_capital_and_small_letters_alike(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left, text: str
) -> None:
    with db.transaction(engine) as session:
        her = session.get_one(Volunteer, left.volunteer_id)
        her.surname = "Öztürk"
        task = Task(
            sponsor_id=cast.wetterau,
            code="personal_data:note",
            subject_type="request",
            subject_id=left.claim_id,
            params={"value": text},
        )
        session.add_all([her, task])
        for request in session.exec(select(Request)).all():
            request.note = text
            session.add(request)
    await erase(client, cast)
    with db.transaction(engine) as session:
        assert {request.note for request in session.exec(select(Request)).all()} == {""}
        assert session.get_one(Task, task.id).params == {"value": ""}


async def refused_while(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left, state: str
) -> None:
    """Nothing is erased as long as her claim stands so: it is named."""
    with db.transaction(engine) as session:
        claim = session.get_one(Claim, left.claim_id)
        claim.state, claim.payee_name, claim.payee_iban = state, "", ""
        session.add(claim)
        session.exec(update(Payment).values(payee_name="", payee_iban="", state="returned"))
    answer = await client.post("/privacy/erase", json=WISH, headers=cast.key("zeyneb"))
    assert answer.status_code == 409
    assert "11/2026" in answer.json()["detail"]


async def test_a_returned_claim_is_owed_as_well(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    await refused_while(client, cast, engine, left, "returned")


async def test_what_is_owed_is_named_and_may_be_waived(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    await refused_while(client, cast, engine, left, "approved")
    (item,) = (await erase(client, cast, without_pay=True))["items"]
    assert (item["state"], item["held_until"]) == ("done", None)
    jobs.work_all(engine)
    assert in_database(engine) == set()


STEPS = [*steps.BEFORE, *steps.AT_SPONSOR, *steps.OF_PERSON]
WITHOUT_NEEDLES = {"questions", "wishes", "links", "leaving"}
"""Steps that end or empty what another step would find, or what holds no words."""


@pytest.mark.parametrize("name", [name for name in STEPS if name not in WITHOUT_NEEDLES])
async def test_control_without_one_step_she_is_still_found(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    left: Left,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    for some in (steps.BEFORE, steps.AT_SPONSOR, steps.OF_PERSON):
        if name in some:
            monkeypatch.setitem(some, name, lambda _case: None)
    await erase(client, cast)
    jobs.work_all(engine)
    assert in_database(engine) > HELD


async def test_control_without_the_job_her_mails_lie_in_the_outbox(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left, var: Path
) -> None:
    await erase(client, cast)
    assert len(in_files(var / "outbox")) == 2


def _in_two_pools(engine: Engine, cast: Cast, left: Left) -> None:
    with db.transaction(engine) as session:
        session.add(
            Enrolment(
                sponsor_id=cast.fulda,
                volunteer_id=left.volunteer_id,
                roles=["guide"],
                state="released",
                listing_renewed_on=date(2026, 11, 1),
            )
        )


async def test_one_pool_forgets_its_part_and_she_stays_in_the_other(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    _in_two_pools(engine, cast, left)
    body = {"volunteer_id": str(left.volunteer_id)}
    first = await erase(client, cast, "lea", **body)
    assert [item["sponsor_id"] for item in first["items"]] == [str(cast.wetterau)]
    found = in_database(engine)
    assert {"volunteer.surname", "volunteer.iban", "account.email"} <= found
    assert not {"message.body", "message.recipient", "request.note", "task.params"} & found
    assert (await client.get("/me", headers=cast.key("zeyneb"))).status_code == 200
    await erase(client, cast, "kofi", **body)
    jobs.work_all(engine)
    assert in_database(engine) == HELD, "with her last pool she goes altogether"


async def test_a_lead_of_two_pools_erases_her_in_the_second_one_as_well(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    _in_two_pools(engine, cast, left)
    body = {"volunteer_id": str(left.volunteer_id)}
    first = await erase(client, cast, "lea", **body)
    with db.transaction(engine) as session:
        account_id = cast.accounts["lea"]
        session.add(Membership(account_id=account_id, sponsor_id=cast.fulda, role="lead"))
    second = await erase(client, cast, "lea", **body)
    assert second["items"][:1] == first["items"], "what was done is not done again"
    assert [item["sponsor_id"] for item in second["items"][1:]] == [str(cast.fulda)]
    jobs.work_all(engine)
    assert in_database(engine) == HELD
    assert await erase(client, cast, "lea", **body) == second


def _lent_to_fulda(engine: Engine, cast: Cast, left: Left, state: str = "lent") -> None:
    with db.transaction(engine) as session:
        session.add(
            Enrolment(
                sponsor_id=cast.fulda,
                volunteer_id=left.volunteer_id,
                roles=[],
                state=state,
                listing_renewed_on=date(2026, 11, 1),
            )
        )


@pytest.mark.parametrize("state", ["lent", "ended"])
async def test_a_pool_that_only_borrowed_her_does_not_keep_her(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left, state: str
) -> None:
    _lent_to_fulda(engine, cast, left, state)
    found = await erase(client, cast, "lea", volunteer_id=str(left.volunteer_id))
    assert [item["sponsor_id"] for item in found["items"]] == [str(cast.wetterau)]
    jobs.work_all(engine)
    assert in_database(engine) == HELD
    assert "lent" not in _places(engine, left)
    noted = await client.get("/privacy/erasures", headers=cast.key("kofi"))
    assert [item["state"] for item in noted.json()["items"]] == ["done"]
    with db.transaction(engine) as session:
        query = select(Erasure).where(col(Erasure.sponsor_id) == cast.fulda)
        there = session.exec(query).one()
        assert (there.asked_by, there.reason) == (None, ""), "who it was is no matter of theirs"


async def test_bookings_at_a_pool_that_borrows_her_refuse_as_well(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    _lent_to_fulda(engine, cast, left)
    day = MORNING + timedelta(days=3)
    with db.transaction(engine) as session:
        asked = asking(session, cast.fulda, cast.school_fulda, day, state="booked")
        session.add(assignment(asked, left.volunteer_id))
    body = WISH | {"volunteer_id": str(left.volunteer_id)}
    answer = await client.post("/privacy/erase", json=body, headers=cast.key("lea"))
    assert answer.status_code == 409
    assert f"{day:%d.%m.%Y}" in answer.json()["detail"]
    assert "volunteer.iban" in in_database(engine), "nothing was half done"


def _places(engine: Engine, left: Left) -> list[str]:
    """How her places stand."""
    with db.transaction(engine) as session:
        query = select(Enrolment.state).where(col(Enrolment.volunteer_id) == left.volunteer_id)
        return list(session.exec(query).all())


async def test_she_herself_leaves_every_pool(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    _in_two_pools(engine, cast, left)
    items = (await erase(client, cast))["items"]
    states = {item["sponsor_id"]: item["state"] for item in items}
    assert states == {str(cast.wetterau): "held", str(cast.fulda): "done"}
    jobs.work_all(engine)
    assert in_database(engine) == HELD


async def test_an_account_that_works_in_an_office_stays(
    client: AsyncClient, cast: Cast, engine: Engine, left: Left
) -> None:
    with db.transaction(engine) as session:
        at = {"account_id": left.account_id, "sponsor_id": cast.wetterau}
        to_office = Message(
            **at, event="task", recipient="buero@example.org", subject="Neu", body="Bitte ansehen",
            due_at=MORNING,
        )  # fmt: skip
        session.add_all([Membership(**at, role="coordinator"), to_office])
    await erase(client, cast)
    me = await client.get("/me", headers=cast.key("zeyneb"))
    assert me.status_code == 200
    with db.transaction(engine) as session:
        assert session.get_one(Volunteer, left.volunteer_id).account_id is None
        office = session.get_one(Message, to_office.id)
        assert (office.state, office.body) == ("queued", "Bitte ansehen"), "to the office, not her"


async def test_accounts_are_kept_to_their_day_and_no_longer(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    left: Left,
    clock: time_machine.Traveller,
) -> None:
    await erase(client, cast)
    clock.move_to("2031-12-31T20:00:00+01:00")
    retaining.run(engine)
    assert in_database(engine) == HELD
    clock.move_to("2032-01-01T08:00:00+01:00")
    retaining.run(engine)
    assert in_database(engine) == set()
    with db.transaction(engine) as session:
        erasure = session.exec(select(Erasure)).one()
        assert (erasure.state, erasure.done_at is None) == ("done", False)


def _hers(session: Session, volunteer_id: UUID) -> list[Offer]:
    return list(session.exec(select(Offer).where(col(Offer.volunteer_id) == volunteer_id)).all())


def test_her_traces_lie_in_the_past_or_are_open_questions(engine: Engine, left: Left) -> None:
    with db.transaction(engine) as session:
        assert [offer.state for offer in _hers(session, left.volunteer_id)] == ["pending"]
        hers = col(Assignment.volunteer_id) == left.volunteer_id
        booked = session.exec(select(Assignment).where(hers)).all()
        assert booked
        assert all(one.starts_at <= LONG_AGO + timedelta(days=1) for one in booked)
