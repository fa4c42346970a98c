"""By which rate plan a sponsor pays on a day: its choices, its own plans, else those of WIR."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func
from sqlmodel import Session, col, select

import allowance
from allowance import RatePlan
from allowance.plans import WIR
from app.clock import local_day
from app.errors import Conflict
from app.prepared import settled
from app.tables import CapException, EnrolmentChange, OwnRatePlan, RatePlanChoice

DEFAULT_LINE = WIR
ROLES_DE = {"guide": "Integrationslotsen", "interpreter": "Laiendolmetscher"}
ROLES_EN = {"guide": "guides", "interpreter": "interpreters"}
_MEMBERS = frozenset(one.name for one in fields(RatePlan)) - {"key"}
_DAYS = ("valid_from", "valid_to")
_SPONSOR = bindparam("sponsor_id", type_=Uuid())
_CHOICES = settled(
    select(RatePlanChoice)
    .where(col(RatePlanChoice.sponsor_id) == _SPONSOR)
    .order_by(col(RatePlanChoice.valid_from), col(RatePlanChoice.id))
)
_OWN = settled(
    select(OwnRatePlan)
    .where(col(OwnRatePlan.sponsor_id) == _SPONSOR)
    .order_by(col(OwnRatePlan.key))
)


class PlanMissing(Conflict):
    """No plan pays a role on a day."""

    slug, title = "rate-plan-missing", "No rate plan"
    de = "Für {role} ist am {day} kein Satz gewählt. Bitte zuerst einen wählen."
    en = "No rate plan is chosen for {role_en} on {day}. Please choose one first."


@dataclass(frozen=True)
class Book:
    """All plans a sponsor can pay by, and which of them it uses when."""

    plans: tuple[RatePlan, ...]
    """The catalogue and the sponsor's own."""
    choices: tuple[RatePlanChoice, ...]
    """In order of time."""

    @cached_property
    def _by_key(self) -> dict[str, RatePlan]:
        return {plan.key: plan for plan in self.plans}

    def of_key(self, key: str) -> RatePlan | None:
        """The plan with this key."""
        return self._by_key.get(key)

    def version(self, key: str) -> str:
        """A plan and since when it holds, in the words of the audit: `wir_guide@2018-01-01`."""
        plan = self.of_key(key)
        return f"{key}@{plan.valid_from}" if plan else key

    def of(self, role: str, *, coordinating: bool) -> list[RatePlanChoice]:
        """The choices for one role."""
        return [row for row in self.choices if self._pays(row) == (role, coordinating)]

    def plan_for(self, role: str, day: date, *, coordinating: bool = False) -> RatePlan:
        """The chosen plan; before the first choice the one of WIR.

        Raises `PlanMissing` for a day after the first choice on which none holds, or on which the
        chosen one has ended itself.
        """
        coordinating = coordinating and role == "guide"
        chosen = self.of(role, coordinating=coordinating)
        for row in chosen:
            plan = self._by_key[row.source_key]
            chosen_then = row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)
            if chosen_then and plan.holds_on(day):
                return plan
        if chosen and day >= chosen[0].valid_from:
            raise _missing(role, day, coordinating=coordinating)
        return _default(role, day, coordinating=coordinating)

    def _pays(self, row: RatePlanChoice) -> tuple[str, bool] | None:
        plan = self.of_key(row.source_key)
        return (plan.role, plan.coordinating) if plan else None


def _default(role: str, day: date, *, coordinating: bool) -> RatePlan:
    try:
        return allowance.plan_for(
            allowance.catalogue(),
            role,
            day,
            coordinating=coordinating,
            funding_line=DEFAULT_LINE,
        )
    except ValueError as error:
        raise _missing(role, day, coordinating=coordinating) from error


def _missing(role: str, day: date, *, coordinating: bool) -> PlanMissing:
    german, english = ("koordinierende ", "coordinating ") if coordinating else ("", "")
    return PlanMissing(
        role=german + ROLES_DE[role],
        role_en=english + ROLES_EN[role],
        day=f"{day:%d.%m.%Y}",
    )


def book(session: Session, sponsor_id: UUID) -> Book:
    """What a sponsor can pay by, in two statements."""
    at = {"sponsor_id": sponsor_id}
    own = [own_plan(row.key, row.rule) for row in session.exec(_OWN, params=at).all()]
    choices = session.exec(_CHOICES, params=at).all()
    return Book((*allowance.catalogue(), *own), tuple(choices))


@dataclass(frozen=True)
class Coordinators:
    """Who of a sponsor's guides coordinates, and since when."""

    changes: Mapping[UUID, Sequence[tuple[date, bool]]]
    """Of each who ever did: how she stood from a day on, in order of time."""

    def on(self, volunteer_id: UUID, day: date) -> bool:
        """How she stood at the end of a day; before anything was noted, as it was noted first.

        What is changed later changes no day that is over: it would be paid by another plan.
        """
        noted = self.changes.get(volunteer_id, ())
        so_far = [coordinates for since, coordinates in noted if since <= day]
        return so_far[-1] if so_far else bool(noted) and noted[0][1]


def coordinators(session: Session, sponsor_id: UUID) -> Coordinators:
    """Who coordinates at a sponsor on which day, in one statement."""
    here = col(EnrolmentChange.sponsor_id) == sponsor_id
    ever = select(EnrolmentChange.volunteer_id).where(here, col(EnrolmentChange.coordinating))
    query = (
        select(
            EnrolmentChange.volunteer_id, EnrolmentChange.created_at, EnrolmentChange.coordinating
        )
        .where(here, col(EnrolmentChange.volunteer_id).in_(ever))
        .order_by(col(EnrolmentChange.created_at), col(EnrolmentChange.id))
    )
    changes: dict[UUID, list[tuple[date, bool]]] = defaultdict(list)
    for volunteer_id, since, coordinates in session.exec(query).all():
        changes[volunteer_id].append((local_day(since), coordinates))
    return Coordinators(changes)


def that_pays(
    session: Session, sponsor_id: UUID, volunteer_id: UUID, role: str, day: date
) -> RatePlan:
    """The plan by which somebody is paid on a day; for many at once: a book and coordinators.

    Raises
    ------
    PlanMissing
    """
    coordinates = coordinators(session, sponsor_id).on(volunteer_id, day)
    return book(session, sponsor_id).plan_for(role, day, coordinating=coordinates)


def own_plan(key: str, rule: Mapping[str, Any]) -> RatePlan:
    """A stored rule as the plan that it is."""
    members = {name: value for name, value in rule.items() if name in _MEMBERS}
    for name in _DAYS:
        if isinstance(members.get(name), str):
            members[name] = date.fromisoformat(members[name])
    return RatePlan(key=key, **members)


def extra_assignments(session: Session, sponsor_id: UUID, year: int) -> dict[str, int]:
    """By client case how many assignments beyond the cap were granted for a grant year."""
    query = (
        select(col(CapException.client_case_id), func.sum(col(CapException.extra)))
        .where(
            col(CapException.sponsor_id) == sponsor_id,
            col(CapException.grant_year) == year,
            col(CapException.withdrawn_at).is_(None),
        )
        .group_by(col(CapException.client_case_id))
    )
    return {str(case): int(extra) for case, extra in session.exec(query).all()}
