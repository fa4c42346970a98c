"""Sponsors, their rules, and the reference tables everybody may read."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from app.access import Anyone, Lead, Office
from app.clock import today
from app.db import SessionDep, UnitOfWork
from app.errors import locale_of
from app.sponsors import reference
from app.sponsors import service as sponsors
from app.sponsors.reference import Day
from app.sponsors.schemas import (
    HolidaysRead,
    LanguageOption,
    PolicyRead,
    PolicyWrite,
    RegionRead,
    SponsorRead,
)

router = APIRouter(route_class=UnitOfWork, tags=["reference"])


@router.get("/sponsors")
def list_sponsors(session: SessionDep, actor: Anyone) -> list[SponsorRead]:
    """Sponsors I work for, help or ask."""
    return [SponsorRead(**s.model_dump()) for s in sponsors.visible(session, actor)]


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
