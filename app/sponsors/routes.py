"""Sponsors, their rules, and the reference tables everybody may read."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.access import Anyone, Lead, Office
from app.clock import today
from app.db import SessionDep, UnitOfWork
from app.sponsors import service as sponsors
from app.sponsors.schemas import LanguageOption, PolicyRead, PolicyWrite, RegionRead, SponsorRead
from scheduling import languages, regions

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
    """Languages whose name, own name or usual spelling is like `q`."""
    found = languages.suggest(q, limit) if q else tuple(languages.catalogue().values())[:limit]
    return [
        LanguageOption(
            tag=one.tag,
            german=one.german,
            english=one.english,
            own_name=one.own_name,
            script=one.script,
            direction=one.direction,
        )
        for one in found
    ]


@router.get("/regions")
def list_regions() -> list[RegionRead]:
    """Kreise, independent towns and towns with special status, as of today."""
    return [RegionRead(ags=r.ags, name=r.name, kind=r.kind) for r in regions.regions(today())]
