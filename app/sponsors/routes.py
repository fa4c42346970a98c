"""Sponsors, their rules, and the reference tables everybody may read."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app import access
from app.access import Anyone, Lead, Office, ProvenLead, Treasury
from app.clock import today
from app.db import SessionDep, UnitOfWork
from app.errors import locale_of
from app.etags import IfMatch, require_match, tagged
from app.paging import Cursor, Limit, Page, page_of
from app.sponsors import members, reference, settings
from app.sponsors import service as sponsors
from app.sponsors.reference import Day
from app.sponsors.schemas import (
    HolidaysRead,
    LanguageOption,
    MemberCreate,
    MemberRead,
    PolicyRead,
    PolicyWrite,
    RegionRead,
    SettingsRead,
    SettingsUpdate,
    SponsorRead,
)
from app.tables import Membership

router = APIRouter(route_class=UnitOfWork, tags=["reference"])


@router.get("/sponsors")
def list_sponsors(session: SessionDep, actor: Anyone) -> list[SponsorRead]:
    """Sponsors I work for, help or ask."""
    return [SponsorRead(**s.model_dump()) for s in sponsors.visible(session, actor)]


@router.get("/sponsors/{sponsor_id}/settings")
def get_settings(
    sponsor_id: UUID, response: Response, session: SessionDep, actor: Treasury
) -> SettingsRead:
    """What kind of sponsor we are, how claims are approved here, and who the treasurer is."""
    return tagged(response, settings.read(settings.load(session, actor, sponsor_id)))


@router.patch("/sponsors/{sponsor_id}/settings")
def update_settings(
    sponsor_id: UUID,
    body: SettingsUpdate,
    response: Response,
    session: SessionDep,
    actor: ProvenLead,
    if_match: IfMatch = None,
) -> SettingsRead:
    """Say who the second pair of eyes on a claim is; finance, lead and treasurer are told.

    A treasurer approves by a link and needs no account. She may be nobody who checks or is paid.
    What kind of sponsor we are, and for how many inhabitants, decides about the lump sum.
    """
    sponsor = settings.load(session, actor, sponsor_id, lock=True)
    require_match(if_match, settings.read(sponsor))
    settings.update(session, actor, sponsor, body)
    return tagged(response, settings.read(sponsor))


@router.get("/members")
def list_members(
    session: SessionDep, actor: Lead, limit: Limit = 50, cursor: Cursor = None
) -> Page[MemberRead]:
    """Who has which role at our sponsors."""
    query = access.visible_members(actor)
    rows, following = page_of(session, query, Membership.id, limit, cursor)
    return Page(items=members.reads(session, rows), next=following)


@router.post("/members", status_code=201)
def add_member(body: MemberCreate, session: SessionDep, actor: ProvenLead) -> MemberRead:
    """Give somebody else a role, which holds at once; who is new gets a mail to come in."""
    return members.reads(session, [members.add(session, actor, body)])[0]


@router.delete("/members/{member_id}", status_code=204)
def remove_member(member_id: UUID, session: SessionDep, actor: ProvenLead) -> None:
    """Take a role away, which holds at once. The last lead of a sponsor stays."""
    members.remove(session, actor, member_id)


@router.get("/policies")
def list_policies(session: SessionDep, actor: Office) -> list[PolicyRead]:
    """Our own rules; where none fits, the defaults hold."""
    return [PolicyRead(**r.model_dump()) for r in sponsors.own_rules(session, actor)]


@router.post("/policies", status_code=201)
def set_policy(body: PolicyWrite, session: SessionDep, actor: Lead) -> PolicyRead:
    """Allow or forbid a kind of institution or a topic for a role."""
    return PolicyRead(**sponsors.set_rule(session, actor, body).model_dump())


@router.get("/languages")
def suggest_languages(
    q: Annotated[str, Query(max_length=60)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 10,
) -> list[LanguageOption]:
    """Languages whose name, own name or usual spelling is like `q`, the likeliest first.

    Where `q` may mean several languages ("Kurdisch"), each of them says `ask`: let the person
    choose, never take the first one.
    """
    return reference.suggested(q, limit)


@router.get("/regions")
def list_regions(day: Day | None = None) -> list[RegionRead]:
    """Kreise, independent towns and towns with special status, as they are on a day.

    Without `day` it is today. Names are not unique: Kassel, Gießen, Fulda and Offenbach exist
    twice, so keep the key.
    """
    return reference.regions_on(day or today())


@router.get("/holidays")
def list_holidays(request: Request, first: Day, last: Day) -> HolidaysRead:
    """Public and school holidays of Hessen that touch the days from `first` to `last`.

    At most five years at once. Beyond the known school years the list is empty and `warning`
    says so. Days that a school sets for itself are not in it.
    """
    return reference.holidays_between(first, last, locale_of(request))
