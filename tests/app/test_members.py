"""Who has which role: given by a lead to others, at once, and never without a lead."""

from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import access, db
from app.sponsors import members, settings
from app.tables import Account, AuditEvent, Membership, Message, Sponsor, Volunteer
from tests.app.test_team_races import Work, together
from tests.cast import HOUSE_FULDA, Cast, member

NEW = {"email": "neu@example.org", "name": "Nele Neu", "role": "finance"}


async def add(client: AsyncClient, cast: Cast, who: str = "lea", **body: Any) -> Response:
    """Give somebody a role."""
    return await client.post("/members", json=NEW | body, headers=cast.key(who))


async def remove(client: AsyncClient, cast: Cast, member_id: Any, who: str = "lea") -> Response:
    """Take a role away."""
    return await client.delete(f"/members/{member_id}", headers=cast.key(who))


async def listed(client: AsyncClient, cast: Cast, who: str = "lea") -> dict[str, str]:
    """The roles by address and role, with their ids."""
    found = (await client.get("/members", headers=cast.key(who))).json()["items"]
    return {f"{one['email']} {one['role']}": one["id"] for one in found}


async def test_a_lead_sees_who_has_which_role_at_her_sponsor(
    client: AsyncClient, cast: Cast
) -> None:
    assert set(await listed(client, cast)) == {
        "amal@example.org coordinator",
        "arno@example.org auditor",
        "fatma@example.org finance",
        "lea@example.org lead",
    }
    assert (await client.get("/members", headers=cast.key("amal"))).status_code == 403


async def test_a_role_holds_at_once_and_ends_at_once(client: AsyncClient, cast: Cast) -> None:
    amal = cast.key("amal")
    assert (await client.get("/payruns", headers=amal)).status_code == 403
    given = await add(client, cast, email="amal@example.org")
    assert given.status_code == 201, given.text
    assert given.json()["name"] == "Amal"
    assert (await client.get("/payruns", headers=amal)).status_code == 200
    assert (await remove(client, cast, given.json()["id"])).status_code == 204
    assert (await client.get("/payruns", headers=amal)).status_code == 403
    assert (await client.get("/requests", headers=amal)).status_code == 200


async def test_who_is_new_gets_an_account_and_a_way_in(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await add(client, cast)
    assert (made.json()["name"], made.json()["active"]) == ("Nele Neu", True)
    with db.transaction(engine) as session:
        account = session.exec(select(Account).where(col(Account.email) == NEW["email"])).one()
    assert account.password_hash is None
    again = await add(client, cast)
    assert again.json()["type"] == "/problems/already-member"
    assert (await add(client, cast, role="auditor")).status_code == 201


async def test_nobody_gives_herself_a_role(client: AsyncClient, cast: Cast) -> None:
    for role in ("finance", "coordinator", "auditor", "lead"):
        own = await add(client, cast, email="Lea@example.org", role=role)
        assert own.json()["type"] == "/problems/not-for-yourself"
    for who in ("amal", "fatma", "arno", "dilan", "otto", "petra", "selin"):
        assert (await add(client, cast, who)).status_code == 403, who


async def test_the_last_lead_stays(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    lead = (await listed(client, cast))["lea@example.org lead"]
    assert (await remove(client, cast, lead)).json()["type"] == "/problems/last-lead"
    with db.transaction(engine) as session:
        member(session, cast, "berta", cast.wetterau, "lead")
        session.get_one(Account, cast.accounts["berta"]).active = False
    assert (await remove(client, cast, lead)).status_code == 409, "a closed account leads nobody"
    with db.transaction(engine) as session:
        session.get_one(Account, cast.accounts["berta"]).active = True
    assert (await remove(client, cast, lead)).status_code == 204
    assert (await client.get("/members", headers=cast.key("lea"))).status_code == 403


def removed_by_each_other(engine: Engine, cast: Cast) -> int:
    """Two leads take the role from each other at one moment; how many leads are left."""
    with db.transaction(engine) as session:
        member(session, cast, "berta", cast.wetterau, "lead")

    def leads(session: Session) -> dict[UUID, UUID]:
        found = session.exec(
            select(Membership).where(
                col(Membership.sponsor_id) == cast.wetterau, col(Membership.role) == "lead"
            )
        )
        return {one.account_id: one.id for one in found}

    def removing(who: str, other: str) -> Work:
        def carry_out(session: Session) -> None:
            actor = access.actor_of(session, session.get_one(Account, cast.accounts[who]))
            members.remove(session, actor, leads(session)[cast.accounts[other]])

        return carry_out

    together(engine, [removing("lea", "berta"), removing("berta", "lea")])
    with db.transaction(engine) as session:
        return len(leads(session))


def test_two_leads_who_remove_each_other_leave_one(engine: Engine, cast: Cast) -> None:
    assert removed_by_each_other(engine, cast) == 1


@pytest.mark.postgres  # SQLite lets one writer in at a time: there is nothing to switch off.
def test_control_where_nobody_waits_they_leave_none(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "_hold", lambda session, id: session.get_one(Sponsor, id))
    assert removed_by_each_other(engine, cast) == 0


async def test_control_without_the_count_no_lead_is_left(
    client: AsyncClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "_other_leads", lambda *_: 1)
    lead = (await listed(client, cast))["lea@example.org lead"]
    assert (await remove(client, cast, lead)).status_code == 204


async def test_another_sponsors_roles_are_not_there(client: AsyncClient, cast: Cast) -> None:
    theirs = await listed(client, cast, "kofi")
    assert theirs
    assert all("kofi" in one for one in theirs)
    for member_id in theirs.values():
        assert (await remove(client, cast, member_id)).status_code == 404
    foreign = await add(client, cast, sponsor_id=str(cast.fulda))
    assert foreign.status_code == 404


async def test_whoever_looks_after_the_money_hears_of_it(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    assert (await add(client, cast)).status_code == 201
    with db.transaction(engine) as session:
        (mail,) = session.exec(select(Message)).all()
        action, details = session.exec(
            select(AuditEvent.action, AuditEvent.details).where(
                col(AuditEvent.action) == "member.add"
            )
        ).one()
    assert mail.recipient == "fatma@example.org"
    assert "Nele Neu" in mail.body
    assert (action, details) == ("member.add", {"role": "finance"})


SETTINGS = {
    "four_eyes": "treasurer_link",
    "treasurer_name": "Tilda Kasse",
    "treasurer_email": "Kasse@example.org",
}


async def set_up(client: AsyncClient, cast: Cast, who: str = "lea", **body: Any) -> Response:
    """Change who approves."""
    path = f"/sponsors/{cast.wetterau}/settings"
    read = await client.get(path, headers=cast.key("lea"))
    headers = cast.key(who) | {"If-Match": read.headers["etag"]}
    return await client.patch(path, json=SETTINGS | body, headers=headers)


async def test_a_lead_sets_the_treasurer_and_everybody_hears_of_it(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    assert (await set_up(client, cast, "fatma")).status_code == 403
    done = await set_up(client, cast)
    set_now = SETTINGS | {"treasurer_email": "kasse@example.org", "paper_four_eyes": True}
    assert done.json().items() >= set_now.items()
    changed = await set_up(client, cast, treasurer_email="andere@example.org")
    assert changed.status_code == 200
    with db.transaction(engine) as session:
        told = session.exec(select(Message.recipient).order_by(col(Message.id))).all()
        actions = session.exec(select(AuditEvent.action)).all()
    assert sorted(told) == sorted(
        ["fatma@example.org"] * 2 + ["kasse@example.org"] * 2 + ["andere@example.org"]
    )
    assert actions.count("sponsor.settings") == 2
    path = f"/sponsors/{cast.wetterau}/settings"
    assert (await client.get(path, headers=cast.key("kofi"))).status_code == 404


async def test_the_account_of_the_sponsor_is_changed_with_everybody_hearing_of_it(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    wrong = await set_up(client, cast, iban="DE88370400440532013000")
    assert (wrong.status_code, wrong.json()["detail"]) == (
        422,
        "Die IBAN des Trägers stimmt nicht. Bitte Ziffer für Ziffer vergleichen.",
    )
    done = await set_up(client, cast, iban="de12 5001 0517 0648 4898 90", account_holder="Kreis")
    assert (done.json()["iban"], done.json()["account_holder"]) == (HOUSE_FULDA, "Kreis")
    with db.transaction(engine) as session:
        told = session.exec(select(Message).where(col(Message.body).contains("Konto"))).all()
        new = session.exec(select(Message).where(col(Message.body).contains("Tilda Kasse"))).all()
    everybody = {"fatma@example.org", "kasse@example.org"}
    assert {one.recipient for one in told} == everybody
    assert {one.recipient for one in new} == everybody, "what else was changed is told as well"
    assert not any("DE12" in one.body for one in told)


@pytest.mark.parametrize(
    "body", [{"treasurer_email": ""}, {"treasurer_name": ""}, {"treasurer_email": "nobody"}]
)
async def test_a_treasurer_has_a_name_and_an_address(
    client: AsyncClient, cast: Cast, body: dict[str, str]
) -> None:
    assert (await set_up(client, cast, **body)).status_code == 422


@pytest.mark.parametrize(
    "address",
    ["lea@example.org", "amal+kasse@example.org", "FATMA@example.org", "dilan@example.org"],
)
async def test_the_treasurer_is_nobody_who_checks_or_is_paid(
    client: AsyncClient, cast: Cast, address: str
) -> None:
    refused = await set_up(client, cast, treasurer_email=address)
    assert refused.json()["type"] == "/problems/treasurer-is-member"
    assert (await set_up(client, cast, treasurer_email="arno@example.org")).status_code == 200


async def test_the_address_in_a_volunteers_record_counts_as_well(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.transaction(engine) as session:
        session.get_one(Volunteer, cast.volunteers["mirela"]).email = "kasse@example.org"
    assert (await set_up(client, cast)).status_code == 409
    monkeypatch.setattr(settings, "_boxes", lambda *_: set())
    assert (await set_up(client, cast)).status_code == 200, "control"
