"""Claims: every confirmed record once, every cent with its reason."""

from datetime import date, timedelta
from typing import Any

from httpx import AsyncClient
from sqlalchemy import Engine, event
from sqlmodel import Session, col, select

from app import db
from app.backups import invariants
from app.tables import AuditEvent, Claim, ClaimLine, Enrolment, ServiceRecord, Volunteer
from tests.app.hours.bookings import at, client_case, confirmed, link_account
from tests.app.payouts.steps import approve_all, build, claim, step
from tests.cast import Cast

MONDAY = date(2027, 1, 4)


async def test_claim_holds_the_confirmed_records_and_explains_every_cent(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    confirmed(engine, cast, at(MONDAY, "12:00"), state="resolved")
    confirmed(engine, cast, at(MONDAY, "14:00"), state="reported")
    confirmed(engine, cast, at(MONDAY, "16:00"), state="disputed")
    made = (await build(client, cast))["claims"]
    assert [(c["minutes"], c["amount_cents"], c["state"]) for c in made] == [(120, 4000, "open")]
    read = await claim(client, cast, made[0]["id"])
    assert [line["explanation"] for line in read["lines"]] == [
        "Pauschale je Einsatz: 20,00 EUR."
    ] * 2
    assert any("nicht bestätigt" in note for note in read["notes"])
    headers = {**cast.key("fatma"), "Accept-Language": "en"}
    english = await client.get(f"/claims/{made[0]['id']}", headers=headers)
    assert "Flat amount per assignment" in english.json()["lines"][0]["explanation"]


async def test_hours_of_a_month_are_rounded_once(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    for hour in ("08:00", "10:00", "12:00"):
        confirmed(engine, cast, at(MONDAY, hour), role="guide", minutes=50)
    made = (await build(client, cast))["claims"]
    assert [(c["minutes"], c["amount_cents"]) for c in made] == [(150, 1250)]


async def test_each_volunteer_has_a_claim_of_her_own(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    confirmed(engine, cast, at(MONDAY, "10:00"), name="mirela")
    one = await build(client, cast, volunteer_id=str(cast.volunteers["mirela"]))
    assert [c["volunteer"] for c in one["claims"]] == ["Mirela Mirela-Beispiel"]
    assert len((await build(client, cast))["claims"]) == 2


async def test_local_day_decides_the_month_at_new_year(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(date(2027, 1, 1), "00:15"), minutes=30)
    confirmed(engine, cast, at(date(2026, 12, 31), "23:30"), minutes=30)
    made = (await build(client, cast, "2027-01"))["claims"]
    lines = (await claim(client, cast, made[0]["id"]))["lines"]
    assert [line["day"] for line in lines] == ["2027-01-01"]


async def test_open_claim_is_rebuilt_with_new_records(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    first = (await build(client, cast))["claims"][0]
    confirmed(engine, cast, at(MONDAY, "12:00"))
    second = (await build(client, cast))["claims"][0]
    assert second["id"] == first["id"]
    assert (first["amount_cents"], second["amount_cents"]) == (2000, 4000)
    assert (await build(client, cast))["claims"] == [second]


async def test_submitted_claim_is_not_touched_and_late_records_are_named(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    first = (await build(client, cast))["claims"][0]
    await step(client, cast, "amal", first["id"], "submit")
    late = confirmed(engine, cast, at(MONDAY, "12:00"))
    again = await build(client, cast)
    assert again["claims"] == []
    assert [one["service_record_id"] for one in again["left_over"]] == [str(late.id)]
    assert "01/2027" in again["left_over"][0]["sentence"]
    assert (await claim(client, cast, first["id"]))["amount_cents"] == 2000
    await step(client, cast, "fatma", first["id"], "return")
    rebuilt = await build(client, cast)
    assert [c["amount_cents"] for c in rebuilt["claims"]] == [4000]
    assert rebuilt["left_over"] == []


async def test_claim_without_records_disappears_when_it_is_rebuilt(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    await build(client, cast)
    choice = {"source_key": "wetterau_interpreter", "valid_from": "2027-01-01"}
    await client.post("/rate-plans", json=choice, headers=cast.key("lea"))
    await build(client, cast)
    listed = (await client.get("/claims", headers=cast.key("fatma"))).json()["items"]
    assert [(c["funding_line"], c["amount_cents"]) for c in listed] == [("wetterau", 1500)]


async def test_claim_that_stands_in_the_books_stays_empty_when_another_line_pays(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    (approved,) = await approve_all(client, cast)
    await step(client, cast, "fatma", approved, "return")
    choice = {"source_key": "wetterau_interpreter", "valid_from": "2027-01-01"}
    await client.post("/rate-plans", json=choice, headers=cast.key("lea"))
    for _ in range(2):
        assert [c["funding_line"] for c in (await build(client, cast))["claims"]] == ["wetterau"]
    listed = (await client.get("/claims", headers=cast.key("fatma"))).json()["items"]
    assert {(c["funding_line"], c["state"], c["amount_cents"]) for c in listed} == {
        ("wetterau", "open", 1500),
        ("wir", "returned", 0),
    }
    assert invariants.findings(engine) == []


def claimed_before(
    session: Session, record: ServiceRecord, minutes: int, state: str = "paid"
) -> None:
    """A paid claim of last month with so many guide minutes."""
    paid = Claim(
        sponsor_id=record.sponsor_id,
        volunteer_id=record.volunteer_id,
        month=date(2027, 1, 1),
        funding_line="wir",
        state=state,
        minutes=minutes,
        amount_cents=0,
    )
    session.add(paid)
    session.flush()
    session.add(
        ClaimLine(
            sponsor_id=record.sponsor_id,
            claim_id=paid.id,
            service_record_id=record.id,
            volunteer_id=record.volunteer_id,
            started_at=record.started_at,
            ended_at=record.ended_at,
            day=MONDAY,
            minutes=minutes,
            paid_minutes=minutes,
            amount_cents=minutes * 500 // 60,
            plan_key="wir_guide",
            reason_code="hours",
        )
    )


async def test_year_cap_counts_the_months_before(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    before = confirmed(engine, cast, at(MONDAY, "10:00"), role="guide")
    with db.transaction(engine) as session:
        claimed_before(session, before, 16_530)
    confirmed(engine, cast, at(date(2027, 2, 1), "10:00"), role="guide")
    made = (await build(client, cast, "2027-02"))["claims"][0]
    read = await claim(client, cast, made["id"])
    assert read["amount_cents"] == 250
    assert read["lines"][0]["paid_minutes"] == 30
    assert "Jahresgrenze von 276 Std. erreicht" in read["lines"][0]["explanation"]


async def test_coordinating_guide_has_the_higher_cap(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    before = confirmed(engine, cast, at(MONDAY, "10:00"), role="guide")
    with db.transaction(engine) as session:
        claimed_before(session, before, 16_530)
        enrolment = session.get_one(Enrolment, cast.enrolments["dilan"])
        enrolment.coordinating = True
        session.add(enrolment)
    confirmed(engine, cast, at(date(2027, 2, 1), "10:00"), role="guide")
    made = (await build(client, cast, "2027-02"))["claims"][0]
    lines = (await claim(client, cast, made["id"]))["lines"]
    assert [(line["plan_key"], line["amount_cents"]) for line in lines] == [
        ("wir_guide_coordinating", 500)
    ]


async def test_sixth_assignment_of_a_client_is_unpaid_whoever_interprets(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    case = client_case(engine, cast)
    for week in range(3):
        day = MONDAY + timedelta(weeks=week)
        for name in ("dilan", "mirela"):
            confirmed(engine, cast, at(day, "10:00"), name=name, client_case_id=case)
    made = (await build(client, cast, "2027-01"))["claims"]
    assert sorted(c["amount_cents"] for c in made) == [4000, 6000]
    confirmed(engine, cast, at(date(2027, 2, 1), "10:00"), client_case_id=case)
    later = (await build(client, cast, "2027-02"))["claims"][0]
    read = await claim(client, cast, later["id"])
    assert read["amount_cents"] == 0
    assert "höchstens 5 Einsätze" in read["lines"][0]["explanation"]
    again = (await build(client, cast, "2027-01"))["claims"]
    assert sorted(c["amount_cents"] for c in again) == [4000, 6000]


async def test_the_earlier_appointment_of_a_client_is_paid_whoever_went(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    case = client_case(engine, cast)
    first, second = sorted(("dilan", "mirela"), key=lambda name: cast.volunteers[name])
    for day in range(5):
        when = at(MONDAY + timedelta(days=day + 1), "10:00")
        confirmed(engine, cast, when, name=first, client_case_id=case)
    confirmed(engine, cast, at(MONDAY, "10:00"), name=second, client_case_id=case)
    made = {c["volunteer_id"]: c for c in (await build(client, cast))["claims"]}
    assert made[str(cast.volunteers[second])]["amount_cents"] == 2000
    later = await claim(client, cast, made[str(cast.volunteers[first])]["id"])
    assert [line["amount_cents"] for line in later["lines"]] == [2000] * 4 + [0]


async def test_one_contradiction_does_not_stop_the_month_for_everybody(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    wrong = confirmed(engine, cast, at(MONDAY, "12:00"))
    confirmed(engine, cast, at(MONDAY, "10:00"), name="mirela")
    assert len((await build(client, cast))["claims"]) == 2
    with db.transaction(engine) as session:
        session.get_one(ServiceRecord, wrong.id).started_at = at(MONDAY, "10:30")
    made = await build(client, cast)
    assert [c["volunteer"] for c in made["claims"]] == ["Mirela Mirela-Beispiel"]
    assert [one["volunteer"] for one in made["left_out"]] == ["Dilan Dilan-Beispiel"]
    assert "Bitte die Nachweise prüfen" in made["left_out"][0]["sentence"]
    listed = (await client.get("/claims", headers=cast.key("fatma"))).json()["items"]
    assert [c["volunteer"] for c in listed] == ["Mirela Mirela-Beispiel"], "no claim without lines"


async def test_claim_goes_its_way_and_every_step_is_noted(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    made = (await build(client, cast))["claims"][0]["id"]
    assert (await step(client, cast, "fatma", made, "check")).status_code == 409
    assert (await step(client, cast, "lea", made, "submit")).status_code == 403
    assert (await step(client, cast, "amal", made, "submit")).json()["state"] == "submitted"
    assert (await step(client, cast, "amal", made, "submit")).status_code == 409
    assert (await step(client, cast, "amal", made, "check")).status_code == 403
    assert (await step(client, cast, "fatma", made, "check")).json()["state"] == "checked"
    assert (await step(client, cast, "lea", made, "approve")).json()["state"] == "approved"
    back = await step(client, cast, "lea", made, "return")
    assert (back.json()["state"], back.json()["checked_by"]) == ("returned", None)
    refused = await step(client, cast, "amal", made, "submit")
    assert "noch nicht neu erstellt" in refused.json()["detail"]
    with db.transaction(engine) as session:
        query = select(AuditEvent.action).where(col(AuditEvent.subject_type) == "claim")
        actions = session.exec(query.order_by(col(AuditEvent.id))).all()
    assert sorted(actions) == [
        "claim.approve", "claim.build", "claim.check", "claim.return", "claim.submit",
    ]  # fmt: skip


async def test_checked_and_approved_are_never_the_same_person(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    made = (await build(client, cast))["claims"][0]["id"]
    await step(client, cast, "fatma", made, "submit")
    await step(client, cast, "fatma", made, "check")
    answer = await step(client, cast, "fatma", made, "approve")
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/same-person"


async def test_nobody_checks_or_approves_her_own_claim(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        for name in ("dilan", "mirela"):
            person = session.get_one(Volunteer, cast.volunteers[name])
            person.account_id = None
            session.add(person)
    link_account(engine, cast, "dilan", "fatma")
    link_account(engine, cast, "mirela", "lea")
    confirmed(engine, cast, at(MONDAY, "10:00"))
    confirmed(engine, cast, at(MONDAY, "10:00"), name="mirela")
    made = {c["volunteer"].split()[0]: c["id"] for c in (await build(client, cast))["claims"]}
    for one in made.values():
        await step(client, cast, "amal", one, "submit")
    own = await step(client, cast, "fatma", made["Dilan"], "check")
    assert own.json()["type"] == "/problems/own-work"
    assert (await step(client, cast, "fatma", made["Mirela"], "check")).status_code == 200
    own = await step(client, cast, "lea", made["Mirela"], "approve")
    assert own.json()["type"] == "/problems/own-work"


async def test_volunteer_sees_her_own_claims_only(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    confirmed(engine, cast, at(MONDAY, "10:00"), name="mirela")
    made = {c["volunteer"].split()[0]: c["id"] for c in (await build(client, cast))["claims"]}
    listed = await client.get("/claims", headers=cast.key("dilan"))
    assert [c["id"] for c in listed.json()["items"]] == [made["Dilan"]]
    assert (await claim(client, cast, made["Dilan"], "dilan"))["amount_cents"] == 2000
    foreign = await client.get(f"/claims/{made['Mirela']}", headers=cast.key("dilan"))
    assert foreign.status_code == 404
    assert (await step(client, cast, "dilan", made["Dilan"], "submit")).status_code == 403


async def test_strangers_see_and_move_no_claims(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    made = (await build(client, cast))["claims"][0]["id"]
    key = cast.key("kofi")
    assert (await client.get("/claims", headers=key)).json()["items"] == []
    assert (await client.get(f"/claims/{made}", headers=key)).status_code == 404
    for verb in ("submit", "check", "approve", "return"):
        assert (await step(client, cast, "kofi", made, verb)).status_code == 404
    own = await client.post("/claims", json={"month": "2027-01"}, headers=key)
    assert own.json() == {"claims": [], "left_over": [], "left_out": []}
    foreign = {"month": "2027-01", "sponsor_id": str(cast.wetterau)}
    assert (await client.post("/claims", json=foreign, headers=key)).status_code == 404


async def test_list_takes_the_same_number_of_statements_for_many_claims(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    counted: list[int] = []
    for month in (1, 2, 3):
        for name in ("dilan", "mirela"):
            confirmed(engine, cast, at(date(2027, month, 8), "10:00"), name=name)
        await build(client, cast, f"2027-0{month}")
        statements: list[str] = []

        def note(*arguments: Any, seen: list[str] = statements) -> None:
            seen.append(arguments[2])

        event.listen(engine, "before_cursor_execute", note)
        listed = await client.get("/claims", headers=cast.key("amal"))
        event.remove(engine, "before_cursor_execute", note)
        assert len(listed.json()["items"]) == 2 * month
        counted.append(len([s for s in statements if s.startswith("SELECT")]))
    assert len(set(counted)) == 1
