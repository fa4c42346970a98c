"""Hours without an appointment: reported, confirmed by somebody else of the office, paid once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from app import books, db
from app.tables import (
    Activity,
    Claim,
    ClaimLine,
    Enrolment,
    LedgerEntry,
    RatePlanChoice,
    Training,
    Volunteer,
)
from tests.app.hours.activity_steps import SATURDAY, SUNDAY, body, report, reported, say
from tests.app.hours.bookings import at, book, link_account
from tests.cast import Cast


def worked(engine: Engine) -> tuple[int, int]:
    """How many activities and minutes the books say."""
    with db.transaction(engine, read_only=True) as session:
        about = col(LedgerEntry.subject_type) == "activity"
        (row,) = books.sums(session, about)
        return row.quantity, row.minutes


async def test_hours_count_once_the_office_has_confirmed_them(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await report(client, cast, break_minutes=15)
    assert made.status_code == 201
    read = made.json()
    assert (read["minutes"], read["state"], read["fundable"]) == (105, "reported", "unknown")
    assert (read["role"], read["source"], read["doubts"]) == ("guide", "app", [])
    path = f"/activities/{read['id']}"
    assert worked(engine) == (0, 0)
    done = await say(client, cast, "amal", f"{path}/confirm", fundable="yes")
    assert (done.status_code, done.json()["state"]) == (200, "confirmed")
    assert worked(engine) == (1, 105)
    again = await say(client, cast, "lea", f"{path}/confirm", fundable="no")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/activity-state")
    assert worked(engine) == (1, 105)


async def test_the_office_has_to_say_whether_it_is_funded(client: AsyncClient, cast: Cast) -> None:
    path = await reported(client, cast)
    unsaid = await say(client, cast, "amal", f"{path}/confirm")
    assert (unsaid.status_code, "ja oder nein" in unsaid.json()["detail"]) == (422, True)
    done = await say(client, cast, "amal", f"{path}/confirm", fundable="no")
    assert (done.json()["state"], done.json()["fundable"]) == ("confirmed", "no")


async def test_she_does_not_say_herself_that_it_is_funded(client: AsyncClient, cast: Cast) -> None:
    refused = await report(client, cast, fundable="yes")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/fundable-is-office")
    path = await reported(client, cast)
    key = cast.key("dilan") | {"If-Match": "*"}
    changed = await client.patch(path, json={"fundable": "yes"}, headers=key)
    assert changed.status_code == 409
    said = await reported(client, cast, "amal", fundable="yes", start="17:00", end="18:00")
    done = await say(client, cast, "lea", f"{said}/confirm")
    assert done.json()["fundable"] == "yes"


async def test_nobody_confirms_what_she_reported_corrected_or_did(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    by_amal = await reported(client, cast, "amal")
    by_dilan = await reported(client, cast, start="17:00", end="18:00")
    key = cast.key("amal") | {"If-Match": "*"}
    assert (await client.patch(by_dilan, json={"break_minutes": 5}, headers=key)).is_success
    for path in (by_amal, by_dilan):
        own = await say(client, cast, "amal", f"{path}/confirm", fundable="yes")
        assert (own.status_code, own.json()["type"]) == (409, "/problems/own-work")
    link_account(engine, cast, "dilan", "lea")
    own = await say(client, cast, "lea", f"{by_amal}/confirm", fundable="yes")
    assert own.json()["type"] == "/problems/own-work"
    assert (await say(client, cast, "fatma", f"{by_amal}/confirm", fundable="yes")).is_success


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"start": "16:00", "end": "14:00"}, "nach dem Beginn"),
        ({"start": "04:00", "end": "14:01"}, "höchstens 10 Stunden"),
        ({"day": date(2027, 1, 4), "start": "09:30", "end": "10:01"}, "Zukunft"),
        ({"break_minutes": 120}, "keine Minute"),
        ({"role": "interpreter", "kilometres": 12}, "Fahrt ist im Satz enthalten"),
        ({"reason": "Frau Yilmaz, geb. 12.03.1980"}, ""),
        ({"kind": "holiday"}, ""),
        ({"kilometres": -1}, ""),
    ],
)
async def test_what_cannot_be_true_is_refused_with_a_sentence(
    client: AsyncClient, cast: Cast, changes: dict[str, Any], sentence: str
) -> None:
    answer = await report(client, cast, **changes)
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]
    listed = await client.get("/activities", headers=cast.key("dilan"))
    assert listed.json()["items"] == []


async def test_over_midnight_belongs_to_the_day_on_which_it_began(
    client: AsyncClient, cast: Cast
) -> None:
    ends = at(SUNDAY, "00:30").isoformat()
    answer = await report(client, cast, day=SATURDAY, start="23:00", ended_at=ends)
    assert (answer.status_code, answer.json()["minutes"]) == (201, 90)


async def test_only_the_minutes_that_really_passed_count(
    client: AsyncClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    clock.move_to(datetime(2027, 3, 28, 20, tzinfo=UTC))
    answer = await report(client, cast, day=date(2027, 3, 28), start="01:30", end="03:30")
    assert answer.json()["minutes"] == 60


async def test_a_role_she_does_not_have_is_refused(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        enrolment = session.get_one(Enrolment, cast.enrolments["dilan"])
        enrolment.roles = ["interpreter"]
        session.add(enrolment)
    answer = await report(client, cast)
    assert answer.status_code == 422
    assert "Rolle" in answer.json()["detail"]


async def test_who_works_in_two_pools_says_for_which(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        session.add(
            Enrolment(
                sponsor_id=cast.fulda,
                volunteer_id=cast.volunteers["dilan"],
                roles=["guide"],
                state="released",
                listing_renewed_on=date(2026, 11, 1),
            )
        )
    assert (await report(client, cast)).status_code == 422
    made = await report(client, cast, sponsor_id=str(cast.fulda))
    assert made.json()["sponsor_id"] == str(cast.fulda)
    path = f"/activities/{made.json()['id']}"
    assert (await client.get(path, headers=cast.key("amal"))).status_code == 404
    assert (await client.get(path, headers=cast.key("kofi"))).status_code == 200


async def test_somebody_of_the_office_says_whose_hours_they_are(
    client: AsyncClient, cast: Cast
) -> None:
    answer = await client.post("/activities", json=body(), headers=cast.key("amal"))
    assert (answer.status_code, "wessen" in answer.json()["detail"]) == (422, True)


async def test_no_time_is_reported_twice_as_appointment_and_activity(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    booked = book(engine, cast, at(SUNDAY, "10:00"))
    record = {
        "assignment_id": str(booked.id),
        "started_at": booked.starts_at.isoformat(),
        "ended_at": booked.ends_at.isoformat(),
    }
    path = await reported(client, cast, start="10:30", end="11:30")
    key = cast.key("dilan") | {"If-Match": "*"}
    refused = await client.post("/service-records", json=record, headers=key)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/records-overlap")
    moved = {"started_at": at(SUNDAY, "11:00").isoformat()}
    assert (await client.patch(path, json=moved, headers=key)).status_code == 200
    made = await client.post("/service-records", json=record, headers=key)
    assert made.status_code == 201
    back = {"started_at": at(SUNDAY, "10:59").isoformat()}
    for where, change in ((path, back), (f"/service-records/{made.json()['id']}", None)):
        change = change or {"ended_at": at(SUNDAY, "11:01").isoformat()}
        answer = await client.patch(where, json=change, headers=key)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/records-overlap")
    assert (await report(client, cast, start="10:00", end="10:20")).status_code == 409


async def test_no_time_is_reported_twice_by_who_was_entered_anew_in_another_pool(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        dilan, nuru = (session.get_one(Volunteer, cast.volunteers[n]) for n in ("dilan", "nuru"))
        nuru.identity_key = dilan.identity_key
        session.add(nuru)
    await reported(client, cast)
    twice = await report(client, cast, "nuru", volunteer_id=None, start="15:00", end="17:00")
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/records-overlap")
    beside = await report(client, cast, "nuru", volunteer_id=None, start="16:00", end="17:00")
    assert beside.status_code == 201


async def test_a_rejected_activity_takes_no_time(client: AsyncClient, cast: Cast) -> None:
    path = await reported(client, cast)
    assert (await report(client, cast)).status_code == 409
    done = await say(client, cast, "amal", f"{path}/reject", reason="fand nicht statt")
    assert (done.json()["state"], done.json()["reason"]) == ("rejected", "fand nicht statt")
    assert (await report(client, cast)).status_code == 201


async def test_a_day_has_ten_hours_of_work(client: AsyncClient, cast: Cast) -> None:
    await reported(client, cast, start="06:00", end="13:00", break_minutes=30)
    late = await report(client, cast, start="14:00", end="17:31")
    assert (late.status_code, late.json()["type"]) == (409, "/problems/day-too-long")
    assert "Am 03.01.2027 sind schon 390 Minuten" in late.json()["detail"]
    path = await reported(client, cast, start="14:00", end="17:30")
    longer = {"ended_at": at(SUNDAY, "17:31").isoformat()}
    key = cast.key("dilan") | {"If-Match": "*"}
    assert (await client.patch(path, json=longer, headers=key)).status_code == 409
    assert (await report(client, cast, day=SATURDAY, start="20:00", end="22:00")).status_code == 201


async def test_hours_before_the_certificate_are_taken_in_with_a_doubt(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        hers = select(Training).where(col(Training.volunteer_id) == cast.volunteers["dilan"])
        for training in session.exec(hers).all():
            training.done_on = SUNDAY
            session.add(training)
    assert (await report(client, cast, day=SUNDAY)).json()["doubts"] == []
    made = (await report(client, cast, day=SATURDAY)).json()
    assert [one["code"] for one in made["doubts"]] == ["before_certificate"]
    assert made["doubts"][0]["de"].endswith("Bitte prüfen.")
    moved = {"started_at": at(SUNDAY, "17:00"), "ended_at": at(SUNDAY, "18:00")}
    read = await client.patch(
        f"/activities/{made['id']}",
        json={name: moment.isoformat() for name, moment in moved.items()},
        headers=cast.key("dilan") | {"If-Match": "*"},
    )
    assert read.json()["doubts"] == []


async def test_after_two_weeks_the_office_reports_with_a_reason(
    client: AsyncClient, cast: Cast
) -> None:
    old = date(2026, 12, 18)
    late = await report(client, cast, day=old)
    assert (late.status_code, "14 Tage" in late.json()["detail"]) == (409, True)
    unsaid = await report(client, cast, "amal", day=old)
    assert (unsaid.status_code, "Grund" in unsaid.json()["detail"]) == (422, True)
    made = await report(client, cast, "amal", day=old, reason="war im Krankenhaus")
    assert (made.status_code, made.json()["source"]) == (201, "office")


async def test_it_is_corrected_with_the_current_tag_until_it_is_confirmed(
    client: AsyncClient, cast: Cast
) -> None:
    made = await report(client, cast)
    path, key = f"/activities/{made.json()['id']}", cast.key("dilan")
    change = {"break_minutes": 20, "kind": "outreach"}
    assert (await client.patch(path, json=change, headers=key)).status_code == 428
    current = key | {"If-Match": made.headers["etag"]}
    read = await client.patch(path, json=change, headers=current)
    assert (read.json()["minutes"], read.json()["kind"]) == (100, "outreach")
    assert (await client.patch(path, json=change, headers=current)).status_code == 412
    await say(client, cast, "amal", f"{path}/confirm", fundable="yes")
    late = await client.patch(path, json=change, headers=key | {"If-Match": "*"})
    assert (late.status_code, "bestätigt" in late.json()["detail"]) == (409, True)


async def test_hours_are_not_corrected_to_a_day_that_is_too_long_ago(
    client: AsyncClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    path = await reported(client, cast)
    old = {
        "started_at": at(date(2026, 12, 18), "14:00"),
        "ended_at": at(date(2026, 12, 18), "15:00"),
    }
    moved = {name: moment.isoformat() for name, moment in old.items()}
    hers, office = (cast.key(who) | {"If-Match": "*"} for who in ("dilan", "amal"))
    late = await client.patch(path, json=moved, headers=hers)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/reported-too-late")
    assert "Termin" not in late.json()["detail"]
    clock.shift(timedelta(days=20))
    assert (await client.patch(path, json={"break_minutes": 5}, headers=hers)).is_success
    assert (await client.patch(path, json=moved, headers=office)).is_success


async def test_what_was_corrected_since_it_was_read_is_not_confirmed_unseen(
    client: AsyncClient, cast: Cast
) -> None:
    path = await reported(client, cast)
    seen = (await client.get(path, headers=cast.key("amal"))).headers["etag"]
    longer = {"ended_at": at(SUNDAY, "20:00").isoformat()}
    key = cast.key("dilan") | {"If-Match": "*"}
    assert (await client.patch(path, json=longer, headers=key)).status_code == 200
    sent = {"json": {"fundable": "yes"}, "headers": cast.key("amal") | {"If-Match": seen}}
    assert (await client.post(f"{path}/confirm", **sent)).status_code == 412
    now = (await client.get(path, headers=cast.key("amal"))).headers["etag"]
    sent["headers"] = cast.key("amal") | {"If-Match": now}
    assert (await client.post(f"{path}/confirm", **sent)).status_code == 200


async def test_a_confirmed_activity_that_is_wrong_is_booked_back(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path = await reported(client, cast)
    await say(client, cast, "amal", f"{path}/confirm", fundable="yes")
    hers = await say(client, cast, "dilan", f"{path}/withdraw", reason="falscher Tag")
    assert (hers.status_code, hers.json()["type"]) == (409, "/problems/activity-state")
    done = await say(client, cast, "amal", f"{path}/withdraw", reason="falscher Tag")
    assert (done.json()["state"], worked(engine)) == ("rejected", (0, 0))
    again = await say(client, cast, "amal", f"{path}/withdraw", reason="falscher Tag")
    assert (again.status_code, worked(engine)) == (409, (0, 0))


async def test_she_takes_back_what_nobody_has_confirmed(client: AsyncClient, cast: Cast) -> None:
    path = await reported(client, cast)
    done = await say(client, cast, "dilan", f"{path}/withdraw", reason="doppelt eingetragen")
    assert (done.status_code, done.json()["state"]) == (200, "rejected")


async def test_what_stands_in_a_claim_is_not_withdrawn(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path = await reported(client, cast)
    await say(client, cast, "amal", f"{path}/confirm", fundable="yes")
    with db.transaction(engine) as session:
        _claim(session, UUID(path.rpartition("/")[2]))
    kept = await say(client, cast, "amal", f"{path}/withdraw", reason="falscher Tag")
    assert (kept.status_code, kept.json()["type"]) == (409, "/problems/hours-claimed")
    with engine.begin() as connection:
        db.see_all(connection)
        connection.execute(text("UPDATE claim_line SET counts = false"))
    gone = await say(client, cast, "amal", f"{path}/withdraw", reason="falscher Tag")
    assert gone.status_code == 200


def _claim(session: Session, activity_id: UUID) -> None:
    """A claim with these hours."""
    done = session.get_one(Activity, activity_id)
    claim = Claim(
        sponsor_id=done.sponsor_id,
        volunteer_id=done.volunteer_id,
        month=done.started_at.date().replace(day=1),
        funding_line="wir",
        minutes=done.minutes,
        amount_cents=1000,
    )
    session.add(claim)
    session.flush()
    line = ClaimLine(
        **done.model_dump(include={"sponsor_id", "volunteer_id", "started_at", "ended_at"}),
        claim_id=claim.id,
        activity_id=done.id,
        day=done.started_at.date(),
        minutes=done.minutes,
        paid_minutes=done.minutes,
        amount_cents=1000,
        plan_key="wir_guide",
        reason_code="hours",
    )
    session.add(line)


async def test_a_flat_amount_for_each_appointment_pays_no_hours_without_one(
    client: AsyncClient, cast: Cast
) -> None:
    path = await reported(client, cast, role="interpreter")
    refused = await say(client, cast, "amal", f"{path}/confirm", fundable="yes")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/paid-by-assignment")
    done = await say(client, cast, "amal", f"{path}/confirm", fundable="no")
    assert done.status_code == 200


async def test_a_day_without_a_rate_is_said(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        session.add(
            RatePlanChoice(
                sponsor_id=cast.wetterau,
                source_key="wir_guide",
                valid_from=date(2026, 1, 1),
                valid_to=date(2026, 12, 31),
            )
        )
    path = await reported(client, cast)
    answer = await say(client, cast, "amal", f"{path}/confirm", fundable="yes")
    assert (answer.status_code, "03.01.2027" in answer.json()["detail"]) == (409, True)


async def test_lists_are_chosen_by_month_state_and_person(client: AsyncClient, cast: Cast) -> None:
    await reported(client, cast, day=date(2026, 12, 31), start="23:00", end="23:30")
    path = await reported(client, cast, day=date(2027, 1, 1), start="00:00", end="01:00")
    await say(client, cast, "amal", f"{path}/confirm", fundable="no")
    mirela = cast.volunteers["mirela"]
    for query, found in (
        ("", 2),
        ("?month=2026-12", 1),
        ("?month=2027-01&state=confirmed", 1),
        ("?month=2027-01&state=reported", 0),
        (f"?volunteer_id={mirela}", 0),
    ):
        listed = await client.get(f"/activities{query}", headers=cast.key("fatma"))
        assert len(listed.json()["items"]) == found, query


async def test_others_see_and_change_nothing(client: AsyncClient, cast: Cast) -> None:
    path = await reported(client, cast)
    for who in ("kofi", "mirela", "nuru"):
        key = cast.key(who) | {"If-Match": "*"}
        assert (await client.get(path, headers=key)).status_code == 404
        assert (await client.patch(path, json={}, headers=key)).status_code == 404
        assert (await client.get("/activities", headers=key)).json()["items"] == []
    assert (await say(client, cast, "kofi", f"{path}/confirm", fundable="yes")).status_code == 404
    assert (await report(client, cast, "kofi")).status_code == 404
    assert (await report(client, cast, "mirela")).status_code == 404


async def test_every_step_is_in_the_audit(client: AsyncClient, cast: Cast) -> None:
    path = await reported(client, cast)
    await client.patch(
        path, json={"break_minutes": 5}, headers=cast.key("dilan") | {"If-Match": "*"}
    )
    await say(client, cast, "amal", f"{path}/confirm", fundable="yes")
    await say(client, cast, "amal", f"{path}/withdraw", reason="falscher Tag")
    noted = (await client.get("/audit", headers=cast.key("lea"))).json()["items"]
    assert [one["action"] for one in noted if one["action"].startswith("activity.")] == [
        "activity.report",
        "activity.correct",
        "activity.confirm",
        "activity.withdraw",
    ]
    assert "falscher Tag" not in str(noted)
