"""Taking an import back: all of it or nothing, and everything is as it was before."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine, update
from sqlmodel import Session, SQLModel, col, select

from app import db
from app.tables import (
    Absence,
    Account,
    Contact,
    Enrolment,
    ImportBatch,
    Institution,
    LanguageSkill,
    Offer,
    Partnership,
    Plan,
    Proposal,
    Request,
    RequestOption,
    Seat,
    Task,
    TaskState,
    Volunteer,
)
from tests.app.examples import snapshot
from tests.app.imports import demo
from tests.cast import Cast

KEPT = {"import_batch", "audit_event"}
FILES = {name: (demo.FOLDER / name).read_bytes() for name in demo.NAMES}
SMALL = {
    "freiwillige.csv": demo.list_of(
        demo.VOLUNTEER
        | {
            "Nachname": "Beispiel",
            "Vorname": "Ada",
            "Sprachen": "Türkisch C1, Kurdisch",
            "Verfügbarkeit": "Mo-Fr 8-12",
            "Bemerkung": "nicht Sozialamt, Urlaub 18.01.-22.01.",
            "FZ ausgestellt": "01.06.2026",
            "FZ gesehen": "10.06.2026",
            "Schulung am": "01.06.2026",
            "UE": "24",
        }
    ),
    "einrichtungen.csv": demo.list_of({"Nr": "1", "Einrichtung": "Kita Arche", "PLZ": "61169"}),
    "anfragen.csv": demo.list_of(
        demo.REQUEST
        | {"Einrichtung": "Kita Arche", "Aktenzeichen": "A-7", "Ausweichtermin": "13.01.2027 10:00"}
    ),
}


async def store(client: AsyncClient, cast: Cast, files: dict[str, bytes] = SMALL) -> dict[str, Any]:
    """An import as Amal makes it."""
    sent = [("files", (name, content)) for name, content in files.items()]
    answer = await client.post("/imports", headers=cast.key("amal"), files=sent)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def undo(client: AsyncClient, cast: Cast, batch_id: str, who: str = "amal") -> Response:
    """Taking it back."""
    return await client.post(f"/imports/{batch_id}/undo", headers=cast.key(who))


def changed(before: dict[str, list[str]], after: dict[str, list[str]]) -> set[str]:
    """The tables that differ."""
    return {name for name in before if before[name] != after[name]}


@pytest.mark.parametrize("files", [SMALL, FILES], ids=["small", "demo"])
async def test_after_an_undo_everything_is_as_before(
    client: AsyncClient, cast: Cast, engine: Engine, files: dict[str, bytes]
) -> None:
    before = snapshot(engine)
    made = await store(client, cast, files)
    assert changed(before, snapshot(engine)) > KEPT
    answer = await undo(client, cast, made["id"])
    assert answer.status_code == 200, answer.text
    assert answer.json()["undone_at"] is not None
    assert changed(before, snapshot(engine)) == KEPT


async def test_everything_an_import_writes_is_recorded(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    before = ids(engine)
    made = await store(client, cast, FILES)
    with db.transaction(engine) as session:
        batch = session.get_one(ImportBatch, UUID(made["id"]))
    new = {row for row in ids(engine) - before if row[0] not in KEPT}
    assert {(table, UUID(row_id)) for table, row_id in batch.created} == new
    assert batch.sources == ["freiwillige.csv", "einrichtungen.csv", "anfragen.csv"]


def ids(engine: Engine) -> set[tuple[str, UUID]]:
    """Table and id of every row."""
    with db.transaction(engine) as session:
        return {
            (table.name, row_id)
            for table in SQLModel.metadata.sorted_tables
            for (row_id,) in session.execute(select(table.c.id)).all()
        }


async def test_after_an_undo_the_same_lists_are_imported_again(
    client: AsyncClient, cast: Cast
) -> None:
    first = await store(client, cast)
    await undo(client, cast, first["id"])
    again = await store(client, cast)
    assert again["id"] not in (None, first["id"])
    assert [again[f"new_{what}"] for what in ("volunteers", "institutions", "requests")] == [1] * 3
    assert (await undo(client, cast, again["id"])).status_code == 200


async def test_a_second_undo_is_refused(client: AsyncClient, cast: Cast) -> None:
    made = await store(client, cast)
    assert (await undo(client, cast, made["id"])).status_code == 200
    second = await undo(client, cast, made["id"])
    assert (second.status_code, second.json()["type"]) == (409, "/problems/import-undone")


async def test_the_audit_keeps_both(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    made = await store(client, cast)
    await undo(client, cast, made["id"])
    events = " ".join(snapshot(engine)["audit_event"])
    assert "import.store" in events
    assert "import.undo" in events


async def test_two_imports_are_taken_back_in_either_order(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    before = snapshot(engine)
    first = await store(client, cast)
    row = demo.VOLUNTEER | {"Nachname": "Probe", "Vorname": "Bo"}
    second = await store(client, cast, {"freiwillige.csv": demo.list_of(row)})
    assert (await undo(client, cast, first["id"])).status_code == 200
    assert (await undo(client, cast, second["id"])).status_code == 200
    assert changed(before, snapshot(engine)) == KEPT


async def test_imports_are_listed_with_who_when_and_how_many(
    client: AsyncClient, cast: Cast
) -> None:
    made = await store(client, cast)
    [listed] = (await client.get("/imports", headers=cast.key("amal"))).json()["items"]
    assert listed["id"] == made["id"]
    assert (listed["account_name"], listed["undone_at"]) == ("Amal", None)
    assert listed["volunteers"] == {
        "rows": 1, "accepted": 0, "ask": 1, "rejected": 0, "unchanged": 0,
    }  # fmt: skip
    one = (await client.get(f"/imports/{made['id']}", headers=cast.key("amal"))).json()
    assert one == listed
    assert one["written"] > 10


async def test_another_pool_neither_sees_nor_undoes_it(client: AsyncClient, cast: Cast) -> None:
    made = await store(client, cast)
    assert (await client.get("/imports", headers=cast.key("kofi"))).json()["items"] == []
    assert (await undo(client, cast, made["id"], "kofi")).status_code == 404


async def test_an_import_from_before_the_recording_is_refused(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await store(client, cast)
    with db.transaction(engine) as session:
        session.get_one(ImportBatch, UUID(made["id"])).created = []
    answer = await undo(client, cast, made["id"])
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/import-not-recorded")


class Imported:
    """The rows of the small import, to hang something on."""

    def __init__(self, session: Session, cast: Cast) -> None:
        self.session, self.cast = session, cast
        self.person = session.exec(
            select(Volunteer).where(col(Volunteer.surname) == "Beispiel")
        ).one()
        self.place = session.exec(
            select(Institution).where(col(Institution.name) == "Kita Arche")
        ).one()
        self.request = session.exec(
            select(Request).where(col(Request.institution_id) == self.place.id)
        ).one()
        self.seat = session.exec(select(Seat).where(col(Seat.request_id) == self.request.id)).one()
        self.option = session.exec(
            select(RequestOption)
            .where(col(RequestOption.request_id) == self.request.id)
            .order_by(col(RequestOption.position))
        ).first()

    def offer(self, volunteer_id: UUID) -> Offer:
        """A question to somebody about the imported request."""
        assert self.option is not None
        return Offer(
            sponsor_id=self.cast.wetterau,
            seat_id=self.seat.id,
            option_id=self.option.id,
            volunteer_id=volunteer_id,
            mode="on_site",
            expires_at=datetime(2027, 1, 5, 9, 0, tzinfo=UTC),
        )


def _offer(at: Imported) -> None:
    at.session.add(at.offer(at.cast.volunteers["dilan"]))


def _proposal(at: Imported) -> None:
    plan = Plan(
        sponsor_id=at.cast.wetterau, first_day=date(2027, 1, 11), last_day=date(2027, 1, 16)
    )
    at.session.add(plan)
    at.session.flush()
    assert at.option is not None
    at.session.add(
        Proposal(
            sponsor_id=plan.sponsor_id,
            plan_id=plan.id,
            seat_id=at.seat.id,
            option_id=at.option.id,
            volunteer_id=at.cast.volunteers["dilan"],
            mode="on_site",
            cost=1,
        )
    )


def _answer(at: Imported) -> None:
    task = at.session.exec(select(Task).where(col(Task.subject_id) == at.person.id)).one()
    task.state = TaskState.RESOLVED


def _other_pool(at: Imported) -> None:
    at.session.add(
        Enrolment(
            sponsor_id=at.cast.fulda,
            volunteer_id=at.person.id,
            roles=["guide"],
            listing_renewed_on=date(2027, 1, 4),
        )
    )


def _account(at: Imported) -> None:
    account = Account(email="ada@example.org", name="Ada")
    at.session.add(account)
    at.session.flush()
    at.person.account_id = account.id


def _contact(at: Imported) -> None:
    at.session.add(Contact(account_id=at.cast.accounts["selin"], institution_id=at.place.id))


def _partner(at: Imported) -> None:
    at.session.add(Partnership(sponsor_id=at.cast.fulda, institution_id=at.place.id))


def _other_request(at: Imported) -> None:
    at.session.add(
        Request(
            sponsor_id=at.cast.wetterau,
            institution_id=at.place.id,
            received_at=datetime(2027, 1, 4, tzinfo=UTC),
        )
    )


def _same_case(at: Imported) -> None:
    at.session.add(
        Request(
            sponsor_id=at.cast.wetterau,
            institution_id=at.cast.school,
            client_case_id=at.request.client_case_id,
            received_at=datetime(2027, 1, 4, tzinfo=UTC),
        )
    )


HANGING: list[tuple[Callable[[Imported], None], str, str]] = [
    (_offer, "offer", "1 Angebot (Kita Arche, 12.01.2027)"),
    (_proposal, "proposal", "1 Vorschlag eines Plans (Kita Arche, 12.01.2027)"),
    (_answer, "changed", "1 spätere Änderung (Beispiel, Ada)"),
    (_other_pool, "enrolment", "1 Aufnahme in einem anderen Pool (Beispiel, Ada)"),
    (_account, "account", "1 Zugang mit Anmeldung (Beispiel, Ada)"),
    (_contact, "contact", "1 Zugang der Einrichtung (Kita Arche)"),
    (_partner, "partnership", "1 Vereinbarung mit einem anderen Träger (Kita Arche)"),
    (_other_request, "request", "1 weitere Anfrage (Kita Arche)"),
    (_same_case, "request", "1 weitere Anfrage"),
    (
        lambda at: at.session.add(LanguageSkill(volunteer_id=at.person.id, language="so")),
        "language_skill",
        "1 später ergänzte Angabe (Beispiel, Ada)",
    ),
    (
        lambda at: at.session.add(
            Absence(
                volunteer_id=at.person.id, first_day=date(2027, 3, 1), last_day=date(2027, 3, 2)
            )
        ),
        "absence",
        "1 später ergänzte Angabe (Beispiel, Ada)",
    ),
    (
        lambda at: at.session.add(
            Task(
                sponsor_id=at.cast.wetterau,
                code="column:Telefon",
                subject_type="volunteer",
                subject_id=at.person.id,
            )
        ),
        "task",
        "1 weitere Aufgabe (Beispiel, Ada)",
    ),
]


@pytest.mark.parametrize(("hang", "what", "words"), HANGING)
async def test_nothing_is_taken_back_while_something_hangs_on_it(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    clock: Any,
    hang: Callable[[Imported], None],
    what: str,
    words: str,
) -> None:
    made = await store(client, cast)
    clock.shift(60)
    with db.transaction(engine) as session:
        hang(Imported(session, cast))
    before = snapshot(engine)
    answer = await undo(client, cast, made["id"])
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/import-in-use")
    assert words in answer.json()["detail"]
    assert what in {use["what"] for use in answer.json()["uses"]}
    assert changed(before, snapshot(engine)) == set()


@pytest.mark.parametrize("change", ["phone", "name of the place", "state of the request"])
async def test_what_was_changed_later_is_not_taken_back(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Any, change: str
) -> None:
    made = await store(client, cast)
    clock.shift(60)
    with db.transaction(engine) as session:
        at = Imported(session, cast)
        if change == "phone":
            at.person.phone = "0171 5550000"
        elif change == "name of the place":
            at.place.name = "Kita Arche Noah"
        else:
            at.request.room = "12"
    answer = await undo(client, cast, made["id"])
    assert answer.json()["type"] == "/problems/import-in-use"
    assert [use["what"] for use in answer.json()["uses"]] == ["changed"]


async def test_a_long_list_of_what_hangs_names_the_first_few(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Any
) -> None:
    people = [demo.VOLUNTEER | {"Nr": str(n), "Nachname": f"Probe{n:02}"} for n in range(8)]
    made = await store(client, cast, {"freiwillige.csv": demo.list_of(*people)})
    clock.shift(60)
    with db.transaction(engine) as session:
        session.execute(
            update(Volunteer).where(col(Volunteer.surname).like("Probe%")).values(phone="0171")
        )
    answer = await client.post(
        f"/imports/{made['id']}/undo", headers=cast.key("amal") | {"Accept-Language": "en"}
    )
    assert "8 later changes (" in answer.json()["detail"]
    assert answer.json()["detail"].count("Probe") == 3
